import type { Group } from './report.ts'

/** What the Python original was recorded at, in calls per second. */
const PYTHON = { chainNew: 105, chainRetraced: 428 }

const calls: Group = {
  title: 'Calls',
  workloads: [
    { file: 'speed/hits.ts' }, { file: 'speed/new-calls.ts' }, { file: 'speed/chain.ts' }, { file: 'speed/arrays.ts' }, { file: 'speed/lists.ts' },
    { file: 'speed/million.ts', once: true },
  ],
  bars: [
    { what: 'hit in a new process, 100,000 calls stored', bar: '≤ 2 × floor', ours: 'hit, new process, µs', floor: 'its floor, µs', holds: (_, r) => r <= 2 },
    { what: 'hit again in the same process', bar: '≤ 1.5 × floor', ours: 'hit again, µs', floor: 'floor of hashing alone, µs', holds: (_, r) => r <= 1.5 },
    { what: 'new trivial call, stored', bar: '≤ 2.5 × floor', ours: 'new call, stored, µs', floor: 'its rows, bare, µs', holds: (_, r) => r <= 2.5 },
    { what: 'the last tenth of 100,000 new calls to the first', bar: '≤ 1.2', ours: 'last tenth to first', holds: (n) => n <= 1.2 },
    {
      what: 'chain of three ops, new', bar: '≥ 100 × the Python original (105/s, recorded)', ours: 'chain of three, new, µs a call',
      holds: (us) => 1e6 / us >= 100 * PYTHON.chainNew,
    },
    {
      what: 'the same, retraced in a new process', bar: '≥ 100 × the Python original (428/s, recorded)', ours: 'chain retraced in a new process, µs a call',
      holds: (us) => 1e6 / us >= 100 * PYTHON.chainRetraced,
    },
    {
      what: 'op that returns 10 MB of numbers, new', bar: '≥ 50 % of bare', ours: '10 MB array, new, MB/s', floor: 'SHA-256 and write, bare, MB/s',
      holds: (_, r) => r >= 0.5,
    },
    { what: 'the same, loaded', bar: '≥ 50 % of bare', ours: '10 MB array, loaded, MB/s', floor: 'read and SHA-256, bare, MB/s', holds: (_, r) => r >= 0.5 },
    {
      what: 'list of 1,000, per element made and consumed', bar: '≤ 1.5 × an ordinary value', ours: 'list element, made and consumed, µs',
      floor: 'ordinary value, made and consumed, µs', holds: (_, r) => r <= 1.5,
    },
    { what: 'disk space of a small call', bar: '< 500 bytes', ours: 'bytes a call', holds: (n) => n < 500 },
    { what: 'open a store of 1,000,000 calls, first hit included', bar: '< 100 ms', ours: 'open and first hit, 1,000,000 calls, ms', holds: (n) => n < 100 },
    { what: 'peak memory of retracing 1,000,000 calls', bar: '< 400 MB', ours: 'peak memory of retracing 1,000,000 calls, MB', holds: (n) => n < 400 },
  ],
}

const versions: Group = {
  title: 'Versions',
  workloads: [{ file: 'speed/versions.ts' }, { file: 'speed/tracked-calls.ts' }],
  bars: [
    {
      what: 'hit that reads four module-level values, in a new process', bar: '≤ 1.3 × an unversioned hit', ours: 'versioned hit, new process, µs',
      floor: 'unversioned hit, new process, µs', holds: (_, r) => r <= 1.3,
    },
    { what: 'the same again', bar: '≤ 1.3 × an unversioned hit', ours: 'versioned hit again, µs', floor: 'unversioned hit again, µs', holds: (_, r) => r <= 1.3 },
    {
      what: 'the same with 100 versions of the op, in a new process', bar: '≤ 1.3 × an unversioned hit', ours: 'hit with 100 versions, new process, µs',
      floor: 'unversioned hit, new process, µs', holds: (_, r) => r <= 1.3,
    },
    {
      what: 'the same again', bar: '≤ 1.3 × an unversioned hit', ours: 'hit with 100 versions, again, µs', floor: 'unversioned hit again, µs',
      holds: (_, r) => r <= 1.3,
    },
    {
      what: 'new call that uses some 200 tracked functions and values, the parser acorn', bar: '≤ 3 × the same untracked', ours: 'the same, tracked, µs',
      floor: 'new call that parses, µs', holds: (_, r) => r <= 3,
    },
  ],
}

const frames: Group = {
  title: 'Computation frames',
  workloads: [
    { file: 'frames/pipeline.ts', args: ['10000'] }, { file: 'frames/pipeline.ts', args: ['100000'] }, { file: 'frames/pipeline.ts', args: ['1000000'], once: true },
    { file: 'frames/shapes.ts' },
  ],
  bars: [
    {
      what: '`expandAll` and `df({ values: "lazy" })` from one op of three, 10,000 calls', bar: '< 0.3 s (Python original: 17 s, recorded)',
      ours: 'frame and table of 10,000 calls, values lazy, s', holds: (s) => s < 0.3,
    },
    { what: 'the same, 100,000 calls', bar: '< 3 s', ours: 'frame and table of 100,000 calls, values lazy, s', holds: (s) => s < 3 },
    { what: 'the same, 1,000,000 calls', bar: '< 40 s', ours: 'frame and table of 1,000,000 calls, values lazy, s', holds: (s) => s < 40 },
    { what: '`df()` with values, 100,000 calls', bar: '< 5 s', ours: 'the same table of 100,000 calls, values loaded, s', holds: (s) => s < 5 },
    {
      what: '16 ops, each takes the results of all before it', bar: '< 100 ms (Python original: 6.8 s, doubling with each op, recorded)',
      ours: 'dense graph of 16 ops, frame and table, ms', holds: (ms) => ms < 100,
    },
    { what: 'one op fed by itself 1,000 times', bar: '< 2 s', ours: 'chain of one op, 1,000 steps, frame and table, s', holds: (s) => s < 2 },
    { what: 'one op fed by itself 100,000 times', bar: 'no overflow', ours: 'chain of one op, 100,000 steps, frame and table, s', holds: () => true },
    { what: 'memory of a frame of 1,000,000 calls', bar: '< 1,000 bytes a call', ours: 'memory of a frame of 1,000,000 calls, bytes a call', holds: (n) => n < 1000 },
  ],
}

const queries: Group = {
  title: 'Queries by pattern',
  workloads: [{ file: 'queries/three-ops.ts' }, { file: 'queries/current-code.ts' }, { file: 'queries/long-chain.ts' }, { file: 'queries/wide-list.ts' }],
  bars: [
    {
      what: '3 ops, 5 variables, 100,000 calls, 30,000 answers as Refs', bar: '< 1,000 ms, ≤ 2 × SQL by hand', ours: 'three ops, ms', floor: 'hand-written SQL, ms',
      holds: (ms, r) => ms < 1_000 && r <= 2,
    },
    {
      what: 'the same with values', bar: '< 1,000 ms', ours: 'three ops with values, ms', floor: 'hand-written SQL with values, ms',
      holds: (ms) => ms < 1_000,
    },
    {
      what: 'calls that hold for the code of today, beside all calls', bar: '< 1,000 ms, ≤ 2 × all', ours: 'three ops of the code of today, ms',
      floor: 'three ops of any code, ms', holds: (ms, r) => ms < 1_000 && r <= 2,
    },
    { what: 'chain of 100 ops, 1,000 computations', bar: '< 2,000 ms (the original: an error at 32)', ours: 'chain of 100, ms', holds: (ms) => ms < 2_000 },
    {
      what: '`similar` on a result over a list of 1,000 elements', bar: '< 500 ms (the original: 1.1 s at 200)', ours: 'list of 1,000, ms',
      holds: (ms) => ms < 500,
    },
  ],
}

export const GROUPS: readonly Group[] = [calls, versions, frames, queries]
