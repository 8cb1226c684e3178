#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An ssh agent that holds one key of a security token, made up in memory.

Usage: token_agent.py SOCKET; it prints the public key and serves until its input ends.
"""
import base64
import hashlib
import os
import socket
import struct
import sys
import threading

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TYPE = b"sk-ssh-ed25519@openssh.com"
APPLICATION = b"ssh:"
TOUCHED = 1
COUNTER = 7


def text(value):
    return struct.pack(">I", len(value)) + value


def sign(message):
    seen = struct.pack(">BI", TOUCHED, COUNTER)
    signed = hashlib.sha256(APPLICATION).digest() + seen + hashlib.sha256(message).digest()
    return text(TYPE) + text(KEY.sign(signed)) + seen


def take(data):
    (size,) = struct.unpack(">I", data[:4])
    return data[4 : 4 + size], data[4 + size :]


def answer(request):
    if request[0] == 11:
        return b"\x0c" + struct.pack(">I", 1) + text(BLOB) + text(b"token")
    if request[0] == 13:
        blob, rest = take(request[1:])
        message, rest = take(rest)
        if blob == BLOB:
            return b"\x0e" + text(sign(message))
    return b"\x05"


def serve():
    while True:
        connection, _ = LISTENER.accept()
        stream = connection.makefile("rwb")
        while True:
            head = stream.read(4)
            if len(head) < 4:
                break
            stream.write(text(answer(stream.read(struct.unpack(">I", head)[0]))))
            stream.flush()


KEY = Ed25519PrivateKey.generate()
RAW = KEY.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
BLOB = text(TYPE) + text(RAW) + text(APPLICATION)
LISTENER = socket.socket(socket.AF_UNIX)
LISTENER.bind(sys.argv[1])
LISTENER.listen(4)
threading.Thread(target=serve, daemon=True).start()
print(TYPE.decode(), base64.b64encode(BLOB).decode(), flush=True)
sys.stdin.read()
os._exit(0)
