#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small SSH server whose logins OpenSSH offers only with PAM and accounts of its own.

What the user name says is what a login must go through, for example "prompts" or "publickey+prompts".
After it commands run in HOME and files move by SFTP.
Usage: login_server.py HOST_KEY AUTHORIZED_KEYS HOME; it prints its port and serves until its input ends.
"""
import asyncio
import os
import subprocess
import sys
import warnings

warnings.simplefilter("ignore")
import asyncssh  # noqa: E402
from asyncssh.connection import SSHServerConnection  # noqa: E402

PASSWORD = "correct horse"
CODE = "123456"

# Kind of step: the method by which it is offered.
METHODS = {
    "publickey": "publickey",
    "password": "password",
    "expired": "password",
    "prompts": "keyboard-interactive",
    "rounds": "keyboard-interactive",
    "endless": "keyboard-interactive",
    "crowd": "keyboard-interactive",
    "escapes": "keyboard-interactive",
}


class Server(asyncssh.SSHServer):
    def connection_made(self, conn):
        conn.steps_left = None
        self.conn = conn
        self.round = 0

    def begin_auth(self, username):
        self.conn.steps_left = username.split("+")
        return True

    def step(self):
        return self.conn.steps_left[0]

    def offers(self, method):
        return METHODS[self.step()] == method

    def public_key_auth_supported(self):
        return self.offers("publickey")

    def password_auth_supported(self):
        return self.offers("password")

    def kbdint_auth_supported(self):
        return self.offers("keyboard-interactive")

    def validate_public_key(self, username, key):
        return any(key.export_public_key().split()[:2] == line.split()[:2] for line in AUTHORIZED)

    def validate_password(self, username, password):
        if self.step() == "expired" and password == PASSWORD:
            raise asyncssh.PasswordChangeRequired("choose a new one")
        return password == PASSWORD

    def get_kbdint_challenge(self, username, lang, submethods):
        self.round = 0
        if self.step() == "prompts":
            return "Two factors", "Have your token ready.", "", [("Password: ", False), ("Code: ", True)]
        if self.step() == "rounds":
            return "", "", "", [("Password: ", False)]
        if self.step() == "crowd":
            return "", "", "", [("Question %d: " % i, True) for i in range(50)]
        if self.step() == "escapes":
            return "\x1b]0;title\x07", "\u202eabc", "", [("\x1b[31mPass\x1b[0mword\r\n: ", False)]
        return "", "Patience.", "", []

    def validate_kbdint_response(self, username, responses):
        if self.step() == "prompts":
            return responses == [PASSWORD, CODE]
        if self.step() == "escapes":
            return responses == [PASSWORD]
        if self.step() == "crowd":
            return False
        if self.step() == "endless":
            return "", "Patience.", "", []
        self.round += 1
        if self.round == 1:
            return responses == [PASSWORD] and ("", "The weather is fine.", "", [])
        if self.round == 2:
            return "", "", "", [("Code: ", False)]
        return responses == [CODE]


def send_success(self):
    if self.steps_left and len(self.steps_left) > 1:
        self.steps_left = self.steps_left[1:]
        self.send_userauth_failure(True)
    else:
        SUCCESS(self)


SUCCESS = SSHServerConnection.send_userauth_success
SSHServerConnection.send_userauth_success = send_success


async def run(process):
    shell = subprocess.Popen(
        ["/bin/sh", "-c", process.command or "exit 0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    await process.redirect(stdin=shell.stdin, stdout=shell.stdout, stderr=shell.stderr)
    await process.stdout.drain()
    await process.stderr.drain()
    code = await asyncio.get_event_loop().run_in_executor(None, shell.wait)
    process.exit(code)


async def main():
    server = await asyncssh.create_server(
        Server,
        "127.0.0.1",
        0,
        server_host_keys=[sys.argv[1]],
        process_factory=run,
        sftp_factory=True,
        encoding=None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_event_loop().run_in_executor(None, sys.stdin.read)


os.chdir(sys.argv[3])
os.environ["HOME"] = sys.argv[3]
os.environ.pop("XDG_STATE_HOME", None)
AUTHORIZED = open(sys.argv[2], "rb").read().splitlines()
asyncio.run(main())
