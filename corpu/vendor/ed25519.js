// Ed25519 verification alone, as RFC 8032 says it, for browsers whose own cannot.
import { etc, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2";

etc.sha512Sync = (...parts) => sha512(etc.concatBytes(...parts));

// Whether `signature` (64 bytes) is that of `message` by the key `key` (32 bytes).
export function holds(signature, message, key) {
  return verify(signature, message, key, { zip215: false });
}
