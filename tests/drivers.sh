#!/bin/sh
# The drivers against the protocol; those whose interpreter is missing are left out.
exec "${PYTHON:-/usr/bin/python3}" tests/drivers_test.py
