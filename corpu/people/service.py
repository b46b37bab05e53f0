"""The use cases of this room, gathered: callers need not know which page holds which."""

from corpu.people.accounts import (
    InvalidPassword,
    LinkNotValid,
    check_new_password,
    make_sign_in_link,
    person_of_link,
    record_profile_visit,
    set_locale,
    set_password,
    sign_out_everywhere,
    use_sign_in_link,
)
from corpu.people.command import end_acting_post, hand_over, set_acting_post, take_back
from corpu.people.directory import profile_visits
from corpu.people.first_run import set_up
from corpu.people.persons import (
    correct_person,
    create_person,
    deactivate,
    person_by_nip,
    reactivate,
)
from corpu.people.posts import end_supervision, set_posting, set_supervisor
from corpu.people.roles import assign_role, end_role
from corpu.people.sign_in import clear_count, find_account, open_attempt, settle
from corpu.people.units import archive_unit, correct_unit, create_unit, restore_unit

__all__ = [
    "InvalidPassword",
    "LinkNotValid",
    "archive_unit",
    "assign_role",
    "check_new_password",
    "clear_count",
    "correct_person",
    "correct_unit",
    "create_person",
    "create_unit",
    "deactivate",
    "end_acting_post",
    "end_role",
    "end_supervision",
    "find_account",
    "hand_over",
    "make_sign_in_link",
    "open_attempt",
    "person_by_nip",
    "person_of_link",
    "profile_visits",
    "reactivate",
    "record_profile_visit",
    "restore_unit",
    "set_acting_post",
    "set_locale",
    "set_password",
    "set_posting",
    "set_supervisor",
    "set_up",
    "settle",
    "sign_out_everywhere",
    "take_back",
    "use_sign_in_link",
]
