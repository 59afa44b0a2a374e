"""The commands ``people``: passphrases of a classroom, and who may come in."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import datetime
from typing import Any

from itnt_core.data_folder import common_root
from itnt_core.people import CLASS, LECTURER, PeopleError, PeopleStore, keep_passphrase, name_key
from itnt_core.person import Role


def add_commands(commands: Any) -> None:
    """Add ``people`` to the command line."""
    text = "passphrases of a classroom, and the people of a server"
    actions = commands.add_parser("people", help=text).add_subparsers(required=True, metavar="ACTION")
    passphrase = actions.add_parser("passphrase", help="set the passphrase of the class, or that of its lecturers")
    passphrase.add_argument("--lecturer", action="store_true", help="the one for lecturers, who see everybody's work")
    passphrase.set_defaults(command=set_passphrase)
    actions.add_parser("list", help="list the people, with when they came in last").set_defaults(command=show_people)
    code = actions.add_parser("code", help="make a new code by which somebody comes back on another computer")
    code.add_argument("id", help="of the person, see `people list`")
    code.set_defaults(command=make_code)
    remove = actions.add_parser("remove", help="shut somebody out; what they have made stays")
    remove.add_argument("id", help="of the person, see `people list`")
    remove.set_defaults(command=remove_person)
    first = actions.add_parser("first", help="say to whom belongs what was kept before there were people")
    first.add_argument("name", help="by which this person will log in")
    first.add_argument("--lecturer", action="store_true", help="they log in with the lecturers' passphrase")
    first.add_argument("--login", default="", help="of a login provider: oidc:ISSUER|SUBJECT, in place of a passphrase")
    first.set_defaults(command=name_first)


def set_passphrase(options: argparse.Namespace) -> int:
    """Ask for a passphrase, twice at a terminal and once from a pipe, and keep its hash."""
    if sys.stdin.isatty():
        typed = getpass.getpass("Passphrase: ")
        if getpass.getpass("Once more: ") != typed:
            print("The two are different: nothing was changed.", file=sys.stderr)
            return 1
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    role: Role = "lecturer" if options.lecturer else "owner"
    keep_passphrase(common_root(), typed, role)
    print("Kept. A server that runs already asks for it from its next start on.")
    return 0


def show_people(options: argparse.Namespace) -> int:
    """List the people by name."""
    for known in PeopleStore(common_root()).everybody():
        seen = datetime.fromtimestamp(known.seen).strftime("%Y-%m-%d %H:%M")
        print(f"{known.person.id:12}  {known.person.role:8}  {seen}  {known.person.name}")
    return 0


def make_code(options: argparse.Namespace) -> int:
    """Print a new code for somebody."""
    people = PeopleStore(common_root())
    person = people.person(options.id)
    if person is None:
        raise PeopleError(f"There is nobody of the id '{options.id:.40}': see `people list`.")
    print(people.new_code(person))
    return 0


def remove_person(options: argparse.Namespace) -> int:
    """Shut somebody out."""
    people = PeopleStore(common_root())
    if people.person(options.id) is None:
        raise PeopleError(f"There is nobody of the id '{options.id:.40}': see `people list`.")
    people.remove(options.id)
    return 0


def name_first(options: argparse.Namespace) -> int:
    """Name the first person; print the code with which they log in the first time."""
    people = PeopleStore(common_root())
    role: Role = "lecturer" if options.lecturer else "owner"
    own = f"{LECTURER if options.lecturer else CLASS}:{name_key(options.name)}"
    person = people.make(options.name, role, options.login or own, first=True)
    if options.login:
        print(f"What was kept before belongs to {person.name}.")
    else:
        print(f"What was kept before belongs to {person.name}, who logs in with the code {people.new_code(person)}.")
    return 0
