# SPDX-License-Identifier: GPL-3.0-or-later
"""TensorBoard event files, written by their format descriptions alone (the TFRecord tutorial, event.proto, summary.proto,
tensor.proto): as a script, writes one to standard output."""
import struct
import sys


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff


def record(data):
    length = struct.pack('<Q', len(data))
    return length + struct.pack('<I', masked(length)) + data + struct.pack('<I', masked(data))


def varint(v):
    v &= (1 << 64) - 1
    out = b''
    while v > 127:
        out += bytes([v & 127 | 128])
        v >>= 7
    return out + bytes([v])


def number(no, v):
    return varint(no << 3) + varint(v)


def double(no, v):
    return varint(no << 3 | 1) + struct.pack('<d', v)


def single(no, v):
    return varint(no << 3 | 5) + struct.pack('<f', v)


def data(no, b):
    return varint(no << 3 | 2) + varint(len(b)) + b


def event(step, *values, time=1.7e9):
    return record(double(1, time) + number(2, step) + data(5, b''.join(data(1, v) for v in values)))


def simple(tag, v):
    return data(1, tag.encode()) + single(2, v)


def tensor(tag, dtype, *fields, shape=b''):
    plugin = data(1, data(1, b'scalars'))
    return data(1, tag.encode()) + data(9, plugin) + data(8, number(1, dtype) + data(2, shape) + b''.join(fields))


def version():
    return record(double(1, 1.7e9) + data(3, b'brain.Event:2'))


def sample():
    """One of everything."""
    return b''.join([
        version(),
        event(0, simple('train/loss', 2.5), simple('acc', 0.25)),
        event(10, simple('train/loss', float('nan'))),
        event(20, simple('train/loss', 0.5), tensor('val', 1, single(5, 1.5))),              # float_val
        event(30, tensor('val', 1, data(5, struct.pack('<f', 2.5)))),                        # packed
        event(40, tensor('val', 2, data(4, struct.pack('<d', 3.5)))),                        # tensor_content
        event(50, tensor('val', 2, double(6, 4.5)), tensor('n', 9, number(10, -3))),         # double_val, int64_val
        event(60, tensor('val', 19, number(13, 0x3e00)), tensor('n', 3, number(7, 7))),      # half_val 1.5, int_val
        event(70, tensor('val', 14, data(4, b'\x20\x40'))),                                  # bfloat16 2.5
        event(80, data(1, b'hist') + data(5, b''), data(1, b'image') + data(4, b'')),
        event(90, tensor('text', 7, data(8, b'hello'))),
        event(100, tensor('vector', 1, data(5, struct.pack('<ff', 1, 2)))),
        event(-1, simple('acc', 0.75))])


if __name__ == '__main__':
    sys.stdout.buffer.write(sample())
