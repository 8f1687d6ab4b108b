"""Gzip is unpacked whole or found damaged."""

import gzip
import zlib
from itertools import pairwise

import pytest

from pipelines.landing import unpacking
from pipelines.landing.unpacking import UnpackingError, find_damage, unpack

TEXT = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(50_000))


def chunks(content: bytes, size: int) -> list[bytes]:
    edges = [*range(0, len(content), size), len(content)]
    return [content[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize("size", [2, 7, 1 << 20])
def test_gzip_of_several_members_is_unpacked_whole(size: int):
    packed = gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:3000])
    assert b"".join(unpack(iter(chunks(packed, size)))) == TEXT[:3000]


def test_what_is_not_gzip_passes_as_it_is():
    assert b"".join(unpack(iter([b"a,b\n", b"1,2\n"]))) == b"a,b\n1,2\n"
    assert b"".join(unpack(iter([]))) == b""


def test_no_piece_is_large_however_much_a_chunk_holds():
    packed = gzip.compress(bytes(60 << 20))
    assert max(map(len, unpack(iter([packed])))) <= 4 << 20


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(unpacking, "RATIO_FREE_BYTES", 1 << 20)
    packed = gzip.compress(bytes(20 << 20))
    with pytest.raises(UnpackingError, match="200 times"):
        list(unpack(iter([packed])))


PACKED = gzip.compress(TEXT)
FLIPPED = PACKED[:400] + bytes([PACKED[400] ^ 0xFF]) + PACKED[401:]


@pytest.mark.parametrize(
    ("packed", "words"),
    [
        (PACKED[:-1], "ends in the middle"),
        (PACKED[: len(PACKED) // 2], "ends in the middle"),
        (PACKED + b"R5,P1\n", "follows the end"),
        (PACKED[:-8] + bytes(8), "damaged"),
        (FLIPPED, "damaged"),
    ],
)
@pytest.mark.parametrize("size", [13, 1 << 20])
def test_damage_is_found_wherever_it_is(packed: bytes, words: str, size: int):
    damage = find_damage(iter(chunks(packed, size)))
    assert damage
    assert words in damage.problem
    assert 0 <= damage.line_count <= 50_001


def test_a_whole_file_has_no_damage():
    assert find_damage(iter([PACKED])) is None
    assert find_damage(iter([zlib.compress(TEXT)])) is None  # not gzip: read as it is
