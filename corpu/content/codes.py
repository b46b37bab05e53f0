"""Every problem code with its severity and its sentence. `docs/penulis.md` explains each.

A sentence names what is wrong and what to write instead: an author reads it without us.
"""

from corpu.errors import N_

ERROR = "error"
WARNING = "warning"

READING = {
    "missing-course-file": (
        ERROR,
        N_("Folder ini tidak berisi course.md. Buat berkas itu; di sanalah kursus diperkenalkan."),
    ),
    "bad-course-name": (
        ERROR,
        N_(
            "Nama folder kursus “%(name)s” tidak dapat menjadi alamat. Pakai huruf kecil, angka "
            "dan tanda hubung, misalnya air-bersih-untuk-semua; kata grading sudah dipakai."
        ),
    ),
    "bad-name": (
        ERROR,
        N_(
            "Nama “%(name)s” tidak dapat dibaca. Tulis dua angka, tanda hubung, lalu nama dengan "
            "huruf kecil, angka dan tanda hubung, misalnya 01-mengapa-air."
        ),
    ),
    "duplicate-number": (
        WARNING,
        N_("Nomor urut %(number)s dipakai dua kali (juga oleh %(other)s). Beri nomor sendiri."),
    ),
    "duplicate-module": (
        ERROR,
        N_("Dua modul bernama “%(name)s” (juga %(other)s). Ganti nama salah satu folder."),
    ),
    "stray-file": (
        ERROR,
        N_(
            "Berkas ini tidak berada di tempat yang dikenal. Halaman ada di folder modul, media "
            "di folder media/ atau di samping halaman yang memakainya."
        ),
    ),
    "empty-course": (
        ERROR,
        N_("Kursus ini belum punya halaman. Buat folder modul dengan sedikitnya satu halaman."),
    ),
    "empty-module": (
        ERROR,
        N_("Modul ini belum punya halaman. Tambahkan satu, misalnya 01-pengantar.md."),
    ),
    "symlink": (
        ERROR,
        N_("Tautan simbolis tidak dibaca. Letakkan berkas aslinya di sini."),
    ),
    "path-escapes": (
        ERROR,
        N_("“%(target)s” keluar dari folder kursus. Simpan berkasnya di dalam kursus ini."),
    ),
    "unreadable-file": (
        ERROR,
        N_("Berkas ini tidak dapat dibaca (%(reason)s). Periksa hak akses dan jenisnya."),
    ),
    "not-utf8": (
        ERROR,
        N_("Berkas ini bukan UTF-8. Simpan ulang dengan pengodean UTF-8."),
    ),
    "control-character": (
        ERROR,
        N_(
            "Ada karakter tak terlihat (%(character)s). Hapus, lalu ketik ulang teks di sekitarnya."
        ),
    ),
    "page-too-large": (
        ERROR,
        N_("Berkas ini %(size)s KB; paling besar %(limit)s KB. Bagi menjadi beberapa halaman."),
    ),
    "line-too-long": (
        ERROR,
        N_("Baris ini %(size)s karakter; paling panjang %(limit)s. Bagi menjadi beberapa baris."),
    ),
    "paragraph-too-long": (
        ERROR,
        N_("Paragraf ini %(size)s karakter; paling panjang %(limit)s. Sisipkan baris kosong."),
    ),
    "too-many-brackets": (
        ERROR,
        N_(
            "Paragraf ini berisi %(size)s tanda [; paling banyak %(limit)s. Bagi menjadi beberapa "
            "paragraf."
        ),
    ),
    "nesting-too-deep": (
        ERROR,
        N_(
            "Baris ini bersarang terlalu dalam; paling dalam %(limit)s tingkat. Ratakan susunannya."
        ),
    ),
    "too-many-pages": (
        ERROR,
        N_("Kursus ini berisi %(size)s halaman; paling banyak %(limit)s. Bagi menjadi dua kursus."),
    ),
    "too-many-files": (
        ERROR,
        N_("Kursus ini berisi terlalu banyak berkas; paling banyak %(limit)s."),
    ),
    "course-too-large": (
        ERROR,
        N_("Kursus ini melebihi %(limit)s MB. Perkecil video dan gambarnya."),
    ),
    "media-too-large": (
        ERROR,
        N_("Berkas ini %(size)s MB; jenis ini paling besar %(limit)s MB. Perkecil dahulu."),
    ),
    "media-type": (
        ERROR,
        N_(
            "Jenis berkas “%(suffix)s” tidak dapat ditampilkan. Pakai png, jpg, webp, gif, svg, "
            "mp4, webm, mp3, ogg, m4a, vtt, pdf, docx, xlsx, pptx, odt, ods, odp, csv, txt, zip."
        ),
    ),
    "media-invalid": (
        ERROR,
        N_("Isi berkas ini bukan %(type)s yang utuh (%(reason)s). Simpan ulang dari aplikasinya."),
    ),
    "svg-cleaned": (
        WARNING,
        N_("Bagian gambar ini tidak akan ditampilkan: %(parts)s. Gambar ulang tanpa bagian itu."),
    ),
    "unused-media": (
        WARNING,
        N_("Berkas ini tidak dipakai oleh satu halaman pun. Pakai, atau hapus."),
    ),
}

FRONT_MATTER = {
    "no-front-matter": (
        ERROR,
        N_("Awali berkas dengan baris ---, lalu title: …, lalu baris --- sekali lagi."),
    ),
    "front-matter-invalid": (
        ERROR,
        N_("Bagian di antara kedua --- tidak dapat dibaca: %(reason)s."),
    ),
    "front-matter-colon": (
        ERROR,
        N_(
            "Ada titik dua di dalam nilai. Apit nilainya dengan tanda kutip, misalnya "
            'title: "Air: milik semua".'
        ),
    ),
    "front-matter-too-large": (
        ERROR,
        N_("Bagian di antara kedua --- melebihi %(limit)s KB. Pindahkan teksnya ke bawah ---."),
    ),
    "front-matter-alias": (
        ERROR,
        N_("Tanda & dan * sebagai rujukan YAML tidak dibaca. Tulis nilainya sekali lagi."),
    ),
    "duplicate-key": (ERROR, N_("Kunci “%(key)s” ditulis dua kali. Hapus salah satu.")),
    "unknown-key": (
        ERROR,
        N_("Kunci “%(key)s” tidak dikenal. Yang dapat ditulis di sini: %(known)s."),
    ),
    "misspelt-key": (
        ERROR,
        N_("Kunci “%(key)s” tidak dikenal. Maksudnya %(nearest)s?"),
    ),
    "missing-key": (ERROR, N_("Kunci “%(key)s” wajib ada. Tambahkan baris %(key)s: …")),
    "wrong-type": (ERROR, N_("“%(key)s” harus berupa %(wanted)s, bukan “%(value)s”.")),
    "out-of-range": (ERROR, N_("“%(key)s” harus antara %(low)s dan %(high)s, bukan “%(value)s”.")),
    "too-long": (ERROR, N_("“%(key)s” paling panjang %(limit)s karakter. Ringkaslah.")),
    "unknown-value": (ERROR, N_("“%(key)s” tidak mengenal “%(value)s”. Pilih dari: %(known)s.")),
    "comment-in-text": (
        WARNING,
        N_(
            "Teks sesudah tanda # dianggap catatan dan tidak ditampilkan. Apit nilainya dengan "
            "tanda kutip bila # itu bagian dari teks."
        ),
    ),
    "duplicate-value": (
        WARNING,
        N_("“%(value)s” ditulis dua kali di “%(key)s”. Hapus salah satu."),
    ),
    "bad-nip": (
        ERROR,
        N_("“%(value)s” bukan NIP. Tulis 18 angka."),
    ),
    "unknown-kind": (ERROR, N_("Jenis pelatihan “%(code)s” tidak dikenal.%(hint)s")),
    "unknown-competency": (ERROR, N_("Kompetensi “%(code)s” tidak dikenal.%(hint)s")),
    "unknown-goal": (ERROR, N_("Tujuan “%(code)s” tidak ada. Tulis angka 1 sampai 17.")),
    "unknown-target": (
        ERROR,
        N_('Target “%(code)s” tidak ada. Tulis seperti 6.1 atau "6.b".%(hint)s'),
    ),
    "unknown-programme": (ERROR, N_("Program “%(code)s” tidak dikenal.%(hint)s")),
    "unknown-audience": (ERROR, N_("Jenis jabatan “%(code)s” tidak dikenal.%(hint)s")),
    "unknown-prerequisite": (ERROR, N_("Kursus prasyarat “%(code)s” tidak ada.%(hint)s")),
    "circular-prerequisite": (
        ERROR,
        N_("Prasyarat berputar: %(circle)s. Hapus salah satu, agar ada yang dapat dimulai."),
    ),
    "completion-unknown-page": (
        ERROR,
        N_("“completion” menyebut halaman “%(id)s” yang tidak ada.%(hint)s"),
    ),
    "completion-unknown-quiz": (
        ERROR,
        N_("“completion” menyebut kuis “%(id)s” yang tidak ada.%(hint)s"),
    ),
    "pass-unreachable": (
        ERROR,
        N_("Nilai lulus %(value)s tidak mungkin dicapai. Tulis angka di atas 0 sampai 100."),
    ),
}

STRUCTURE = {
    "bad-id": (
        ERROR,
        N_(
            "Id “%(id)s” tidak dapat dipakai. Tulis huruf kecil, angka dan tanda hubung, paling "
            "banyak 100 karakter."
        ),
    ),
    "duplicate-id": (
        ERROR,
        N_("Id “%(id)s” sudah dipakai di %(other)s. Tulis id lain, misalnya %(example)s."),
    ),
    "duplicate-anchor": (
        ERROR,
        N_("Id “%(id)s” sudah dipakai oleh judul lain di halaman ini. Tulis id lain."),
    ),
    "bad-attribute": (
        ERROR,
        N_(
            "“%(text)s” tidak dapat dibaca sebagai keterangan. Yang dikenal di sini: %(known)s. "
            "Bila itu teks biasa, tulis \\{ di depannya."
        ),
    ),
    "setext-heading": (
        ERROR,
        N_(
            "Garis di bawah teks menjadikannya judul yang tidak terbaca. Tulis judul dengan ##, "
            "atau beri baris kosong di atas garis."
        ),
    ),
    "unclosed-fence": (
        ERROR,
        N_("Pagar kode ini tidak ditutup. Tulis %(fence)s di baris tersendiri sesudah kodenya."),
    ),
    "unclosed-math": (
        ERROR,
        N_("Rumus ini tidak ditutup. Akhiri dengan $$."),
    ),
    "math-invalid": (
        ERROR,
        N_("Rumus “%(formula)s” tidak dapat dibaca: %(reason)s."),
    ),
    "heading-one": (
        ERROR,
        N_("Judul di dalam halaman mulai dari ##; # sudah dipakai judul halaman."),
    ),
    "heading-skipped": (
        ERROR,
        N_("Tingkat judul melompat ke %(level)s. Sesudah %(before)s tulis %(wanted)s."),
    ),
    "heading-nested": (
        ERROR,
        N_("Judul tidak dapat berada di dalam daftar, kutipan atau kotak. Tulis **tebal** saja."),
    ),
    "heading-empty": (ERROR, N_("Judul ini kosong. Tulis teksnya sesudah tanda #.")),
    "indented-code": (
        ERROR,
        N_(
            "Baris ini menjorok terlalu jauh. Untuk kode, pakai pagar ```; untuk teks, hapus "
            "kelebihan spasinya."
        ),
    ),
    "lazy-quote": (
        ERROR,
        N_("Kutipan berlanjut tanpa tanda >. Awali setiap barisnya dengan >."),
    ),
    "raw-html": (
        ERROR,
        N_("HTML “%(tag)s” tidak dibaca. Sebagai gantinya: %(instead)s."),
    ),
    "broken-check": (
        ERROR,
        N_(
            'Ini tampak seperti cek, tetapi tidak terbaca. Tulis ??? check "Pertanyaan?" {#id} di '
            "tepi kiri, lalu pilihan yang menjorok 4 spasi."
        ),
    ),
    "misplaced-check": (
        ERROR,
        N_(
            "Cek hanya dapat berada di tepi kiri sebuah halaman, bukan di dalam kuis, daftar, "
            "kutipan atau kotak. Pindahkan ke sana."
        ),
    ),
    "broken-block": (
        ERROR,
        N_(
            "Baris ini tampak seperti kotak, tetapi tidak terbaca. Tulis "
            '!!! note "Judul" atau ??? note "Judul", lalu isi yang menjorok 4 spasi.'
        ),
    ),
    "unknown-block": (
        ERROR,
        N_("Jenis kotak “%(kind)s” tidak dikenal. Pilih dari: %(known)s."),
    ),
    "empty-block": (
        ERROR,
        N_("Kotak ini kosong. Tulis isinya di bawahnya, menjorok 4 spasi."),
    ),
    "option-outside": (
        ERROR,
        N_(
            "[x] hanya untuk jawaban benar di dalam cek atau kuis; di sini kuncinya akan terlihat. "
            "Untuk daftar tugas pakai - [ ]."
        ),
    ),
    "footnote-undefined": (
        ERROR,
        N_("Catatan kaki [^%(label)s] tidak ditulis. Tambahkan baris [^%(label)s]: …"),
    ),
    "footnote-unused": (WARNING, N_("Catatan kaki [^%(label)s] tidak dirujuk di halaman ini.")),
    "footnote-duplicate": (
        ERROR,
        N_("[%(label)s]: ditulis dua kali di halaman ini. Hapus salah satu."),
    ),
    "reference-undefined": (
        ERROR,
        N_("Rujukan [%(label)s] tidak ditulis. Tambahkan baris [%(label)s]: alamat."),
    ),
    "dead-link": (
        ERROR,
        N_("Tautan “%(target)s” tidak menuju berkas kursus ini.%(hint)s"),
    ),
    "dead-anchor": (
        ERROR,
        N_("Tautan “%(target)s” menuju judul yang tidak ada di halaman itu.%(hint)s"),
    ),
    "link-scheme": (
        ERROR,
        N_("Alamat “%(target)s” tidak dibuka. Pakai https:, http:, mailto: atau tel:."),
    ),
    "missing-media": (ERROR, N_("Media “%(target)s” tidak ada di kursus ini.%(hint)s")),
    "external-media": (
        ERROR,
        N_("Media dari situs lain (“%(target)s”) tidak ditampilkan. Simpan di folder media/."),
    ),
    "not-showable": (
        ERROR,
        N_(
            "“%(target)s” bukan gambar, video atau suara. Tulis sebagai tautan: [teks](%(target)s)."
        ),
    ),
    "missing-alt": (
        ERROR,
        N_(
            "Gambar “%(target)s” tanpa teks pengganti. Tulis ![apa yang terlihat](%(target)s), "
            "atau ![](%(target)s){.decorative} bila hanya hiasan."
        ),
    ),
    "media-without-captions": (
        WARNING,
        N_(
            "Video ini tanpa teks. Simpan %(wanted)s di sampingnya, agar dapat diikuti tanpa suara."
        ),
    ),
}

QUESTIONS = {
    "quiz-without-question": (
        ERROR,
        N_("Kuis ini belum punya pertanyaan. Tulis setiap pertanyaan sebagai judul ##."),
    ),
    "quiz-without-key": (
        ERROR,
        N_(
            "Pertanyaan ini tanpa kunci. Tandai jawaban benar dengan - [x], atau tulis = jawaban, "
            "atau beri {type=essay} dengan tabel rubrik."
        ),
    ),
    "check-without-key": (
        ERROR,
        N_("Cek ini tanpa kunci. Tandai jawaban benar dengan - [x]."),
    ),
    "too-few-options": (
        ERROR,
        N_("Tulis sedikitnya dua pilihan: - [x] yang benar, - [ ] yang salah."),
    ),
    "several-keys": (
        ERROR,
        N_("Jenis %(type)s hanya punya satu jawaban benar. Hapus [x] yang lebih, atau hapus type."),
    ),
    "broken-option": (
        ERROR,
        N_("Pilihan ini tidak terbaca. Tulis persis - [x] teks atau - [ ] teks."),
    ),
    "nested-option": (
        ERROR,
        N_("Pilihan tidak dapat berada di dalam pilihan lain. Mulai di tepi yang sama."),
    ),
    "empty-option": (ERROR, N_("Pilihan ini kosong. Tulis teksnya sesudah tanda ].")),
    "broken-key": (
        ERROR,
        N_("Baris = … ini tidak terbaca sebagai kunci. Tulis = jawaban di tepi kiri."),
    ),
    "empty-key": (ERROR, N_("Kunci ini kosong. Tulis jawabannya sesudah tanda =.")),
    "mixed-answers": (
        ERROR,
        N_("Pertanyaan ini memakai pilihan dan kunci = sekaligus. Pakai salah satu."),
    ),
    "type-mismatch": (
        ERROR,
        N_("Jenis %(type)s tidak cocok dengan isinya. %(wanted)s"),
    ),
    "duplicate-answer": (ERROR, N_("Jawaban “%(text)s” ditulis dua kali. Hapus salah satu.")),
    "text-after-answers": (
        ERROR,
        N_(
            "Teks sesudah jawaban. Pindahkan ke atas pilihan; umpan balik ditulis > menjorok di "
            "bawah pilihannya, pembahasan ditulis > di tepi kiri."
        ),
    ),
    "quote-before-answers": (
        ERROR,
        N_("Kutipan ini tidak berada di bawah pilihan. Umpan balik ditulis tepat di bawahnya."),
    ),
    "bad-number": (
        ERROR,
        N_("“%(text)s” bukan kunci angka. Tulis = 74, = 74 ± 1 atau = 70..78."),
    ),
    "ambiguous-number": (
        ERROR,
        N_("“%(text)s” dapat berarti ribuan atau pecahan. Tulis %(thousands)s atau %(decimal)s."),
    ),
    "bad-regex": (ERROR, N_("Pola ini tidak dapat dipakai: %(reason)s.")),
    "order-without-list": (
        ERROR,
        N_("Tulis sedikitnya dua butir sebagai daftar bernomor menurut urutan yang benar."),
    ),
    "match-without-table": (
        ERROR,
        N_("Tulis pasangannya sebagai tabel dua kolom dengan sedikitnya dua baris terisi."),
    ),
    "essay-without-rubric": (
        ERROR,
        N_(
            "Esai ini tanpa rubrik. Tulis tabel: | Kriteria | 0 | 1 | 2 |, satu baris per kriteria."
        ),
    ),
    "bad-rubric": (
        ERROR,
        N_("Rubrik ini tidak terbaca: %(reason)s."),
    ),
    "competency-without-level": (
        ERROR,
        N_("Tulis competency dan level bersama-sama, misalnya {competency=PPB level=2}."),
    ),
    "draw-too-large": (
        ERROR,
        N_("Undian (draw) meminta %(draw)s pertanyaan, padahal hanya ada %(size)s. Kurangi draw."),
    ),
}

COURSE = {
    "thin-map": (
        WARNING,
        N_(
            "Hanya %(points)s poin yang pasti menilai %(code)s tingkat %(level)s; di bawah 3 poin "
            "tidak masuk nilai kompetensi. Tambah pertanyaan atau poin."
        ),
    ),
    "jp-too-long": (
        WARNING,
        N_(
            "Nilai jp %(jp)s berarti %(wanted)s menit, semua halaman dan kuis %(minutes)s menit. "
            "Kurangi jp, atau periksa minutes."
        ),
    ),
    "review-early": (
        WARNING,
        N_(
            "Kunci terlihat sesudah percobaan pertama, padahal boleh mencoba lagi tanpa undian "
            "pertanyaan. Pakai review: after-pass, atau draw."
        ),
    ),
    "pass-differs": (
        WARNING,
        N_("Nilai lulus kuis ini di course.md %(course)s, di kuisnya sendiri %(quiz)s. Samakan."),
    ),
    "diagnostic-module-missing": (
        ERROR,
        N_(
            "Pertanyaan uji awal ini tidak menyebut modulnya. Tulis module=%(example)s di dalam "
            "{…} judulnya."
        ),
    ),
    "diagnostic-module-unknown": (
        ERROR,
        N_("Tidak ada modul “%(module)s” dalam kursus ini.%(hint)s Pilihan: %(known)s."),
    ),
    "diagnostic-module-final": (
        ERROR,
        N_(
            "Modul “%(module)s” hanya berisi ujian akhir, yang tidak pernah dilewati. Hubungkan "
            "pertanyaan ini dengan modul lain."
        ),
    ),
    "diagnostic-essay": (
        ERROR,
        N_(
            "Uji awal tidak memuat esai: hasilnya harus ada sebelum modul pertama. Pakai jenis "
            "pertanyaan lain."
        ),
    ),
    "diagnostic-module-open": (
        WARNING,
        N_(
            "Uji awal tidak bertanya tentang modul “%(module)s”; modul itu tidak dapat dinyatakan "
            "dikuasai."
        ),
    ),
    "diagnostic-thin": (
        WARNING,
        N_(
            "Uji awal menilai modul “%(module)s” dengan %(points)s poin saja. Pakai sedikitnya "
            "3 poin, supaya hasilnya bukan kebetulan."
        ),
    ),
    "diagnostic-without-limit": (
        WARNING,
        N_(
            "Uji awal tanpa time_limit dapat dikerjakan sambil membaca modulnya. Tulis batas "
            "waktu dalam menit."
        ),
    ),
    "id-lost": (
        ERROR,
        N_(
            "Id “%(id)s” dari edisi sebelumnya hilang. Bila ini “%(title)s”, tulis id: %(id)s; "
            "bila memang dihapus, terbitkan dengan --removed %(id)s."
        ),
    ),
    "id-moved": (
        ERROR,
        N_("Id “%(id)s” dahulu menamai %(before)s, sekarang %(now)s. Tulis id baru di sini."),
    ),
}

CODES = READING | FRONT_MATTER | STRUCTURE | QUESTIONS | COURSE
