"""Random streams and the small array tools that the whole simulation stands on.

Each subject draws from its own PCG64 stream, so that a change in one part leaves every other part as it was. Results
are rounded to integers before they meet a file: processors differ in the last bit of exp and log, never in a rounded
second.
"""

import zlib

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Frame = dict[str, npt.NDArray]
_ALPHABET = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
_CHECK = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", dtype=np.uint8)


def stream(seed: int, subject: str) -> np.random.Generator:
    """The random stream of a subject."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(subject.encode())])))


def choose(rng: np.random.Generator, shares: npt.ArrayLike, count: int) -> npt.NDArray[np.int64]:
    """`count` codes drawn with the given shares."""
    edges = np.cumsum(np.asarray(shares, dtype=float))
    return np.minimum(np.searchsorted(edges, rng.random(count) * edges[-1], side="right"), len(edges) - 1)


def within_group(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """0, 1, 2, ... restarting for each group of the given sizes."""
    return np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def rank(values: npt.NDArray) -> npt.NDArray[np.int64]:
    """Position of each value in ascending order; equal values keep their order."""
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[order] = np.arange(len(values))
    return ranks


def group_rank(group: npt.NDArray, order_by: npt.NDArray) -> npt.NDArray[np.int64]:
    """Position of each row within its group, by `order_by`."""
    order = np.lexsort((order_by, group))
    counts = np.unique(group, return_counts=True)[1]
    ranks = np.empty(len(group), dtype=np.int64)
    ranks[order] = within_group(counts)
    return ranks


def logistic(value: npt.NDArray) -> npt.NDArray:
    """1 / (1 + exp(-value))."""
    return 1.0 / (1.0 + np.exp(-value))


def fixed_strings(matrix: npt.NDArray[np.uint8]) -> pa.Array:
    """A string column whose row i is the bytes of row i of the matrix."""
    matrix = np.ascontiguousarray(matrix)
    count, width = matrix.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int64)
    return pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(matrix)).cast(pa.string())


def salesforce_ids(prefix: str, numbers: npt.NDArray[np.int64]) -> pa.Array:
    """18-character Salesforce ids: prefix, instance, nine base-62 digits and the checksum of their capitals.

    Each group of five characters gives one checksum letter, whose bits say which of the five are upper case.
    """
    count = len(numbers)
    matrix = np.empty((count, 18), dtype=np.uint8)
    matrix[:, :6] = np.frombuffer(f"{prefix}5g0".encode(), dtype=np.uint8)
    rest = numbers.astype(np.int64) + 1_000_003
    for position in range(14, 5, -1):
        matrix[:, position] = _ALPHABET[rest % 62]
        rest = rest // 62
    upper = (matrix[:, :15] >= ord("A")) & (matrix[:, :15] <= ord("Z"))
    bits = upper.reshape(count, 3, 5) @ np.array([1, 2, 4, 8, 16])
    matrix[:, 15:] = _CHECK[bits]
    return fixed_strings(matrix)


def words(codes: npt.NDArray, vocabulary: "tuple[str, ...] | list[str]") -> pa.Array:
    """Codes as words; a negative code is null."""
    codes = np.asarray(codes)
    return pa.DictionaryArray.from_arrays(
        pa.array(np.maximum(codes, 0).astype(np.int32), mask=codes < 0), pa.array(list(vocabulary), type=pa.string())
    )


def maybe(values: npt.NDArray, absent: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Values as a column, null where absent (default: negative)."""
    return pa.array(values, mask=(values < 0) if absent is None else absent)
