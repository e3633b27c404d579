from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.compared_passwords import MOST, ComparedPasswords
from plimsoll.model.facts import Credential
from tests.firmware import observe_all

Short = tuple[str, str, str, bytes]


def found(path: str, data: bytes) -> list[Short]:
    observations, inspections, secrets = observe_all(ComparedPasswords(), {path: data})
    assert all(one.status == "completed" for one in inspections), inspections
    facts = [one.fact for one in observations if isinstance(one.fact, Credential) and one.fact.active]
    return [(one.subject, one.role, one.account, secrets[one.secret.digest]) for one in facts]


@pytest.mark.parametrize(
    ("path", "data", "user"),
    [
        (
            "www/login.php",
            b"<?php if ($_POST['user'] == 'yard' && $_POST['password'] == 'halyard12') { go(); }",
            "yard",
        ),
        ("www/login.php", b'<?php\nif ($passwd === "halyard12") go();\n', ""),
        ("www/login.php", b"<?php\nif (strcmp($pass, 'halyard12') == 0) go();\n", ""),
        ("usr/lib/web/auth.lua", b'if http.formvalue("password") == "halyard12" then\n', ""),
        (
            "usr/web/server.js",
            b"if (req.body.username === 'yard' && req.body.password === 'halyard12') next();\n",
            "yard",
        ),
        ("opt/app/web.py", b"    if request.form['password'] == 'halyard12':\n", ""),
        ("www/cgi-bin/login.cgi", b'#!/bin/sh\nif [ "$FORM_password" = "halyard12" ]; then\n', ""),
        ("www/cgi-bin/login.cgi", b"#!/usr/bin/perl\nif ($password eq 'halyard12') {\n", ""),
        ("www/login.js", b"if ('halyard12' == form.password.value) open();\n", ""),
    ],
)
def test_a_constant_that_a_password_is_compared_with_is_seen(path: str, data: bytes, user: str) -> None:
    assert found(path, data) == [("http", "accepts", user, b"halyard12")]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("www/a.js", b"if (input.type == 'password') x(); if (e.id == \"password\") y();\n"),
        ("www/a.js", b"if (password == '') alert('empty'); if (password == confirm) z();\n"),
        ("www/a.js", b"if (password.type === 'halyard12') x();\n"),
        ("www/a.js", b"if (typeof password == 'undefined') x(); if (password_mode == 'radius') y();\n"),
        ("www/a.js", b"if (password_status == 'expired') x(); if (pwd_strength == 'poor') y();\n"),
        ("www/a.js", b"alert('the password == ' + x); var password = 'halyard12';\n"),
        ("www/a.js", b"// if (password == 'halyard12') x();\n"),
        ("www/jquery.js", b"if (password == 'halyard12') x();\n"),
        ("www/js/app.min.js", b"if (password == 'halyard12') x();\n"),
        ("usr/lib/node_modules/a/b.js", b"if (password == 'halyard12') x();\n"),
        ("www/tests/a.php", b"<?php if ($password == 'halyard12') x();\n"),
        ("www/login.html", b"<input type='password' name='password' value='halyard12'>\n"),
        ("www/a.php", b"<?php if ($password == 'Please enter a password') x();\n"),
        ("www/a.php", b"<?php if (md5($x) == '5f4dcc3b5aa765d61d8327deb882cf99') x(); $pass == '********';\n"),
        ("etc/init.d/x", b'#!/bin/sh\n[ "$password" = "" ] && exit\n[ "$PASS" = "$OTHER" ]\n[ "$pass_set" = yes ]\n'),
        ("www/a.php", b"<?php if ($password == '==UnChAnGeD==') x();\n"),
        ("www/a.php", b"<?php if ($password_hash == 'sha256') x(); if ($passwords_match == 'true') y();\n"),
    ],
)
def test_what_compares_something_else_is_not_taken_for_it(path: str, data: bytes) -> None:
    assert found(path, data) == []


def test_a_secret_is_never_in_clear() -> None:
    observations, _, _ = observe_all(ComparedPasswords(), {"www/a.php": b"<?php if ($password == 'halyard12') x();\n"})
    assert observations
    assert "halyard12" not in repr(observations)


def test_the_number_of_one_file_is_bounded() -> None:
    data = b"".join(b"if ($password == 'halyard%d') x();\n" % number for number in range(MOST + 10))
    assert len(found("www/a.php", data)) == MOST
