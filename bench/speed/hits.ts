import { hash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import assert from 'node:assert/strict'
import { Storage, op } from 'mandala-ts'
import { cpuUs, median } from '../harness.ts'

/**
 * Hits on 100,000 stored calls with two small inputs: the first ones of a process, and again. Beside them the same work, bare, in turns with
 * them. Processor time.
 */
const CALLS = 100_000
const CHUNK = 9_900
const WARM_UP = 1_000
const AGAIN = 1_000
const ROUNDS = 15
const path = process.argv[2] as string
const add = op(function add(a: number, b: string) { return a + b.length })

const storage = new Storage(path)
await storage.run(async () => { for (let i = 0; i < CALLS; i += 1) await add(i, 'adam') })
const hids = (await storage.calls(add)).map((call) => call.hid)
await storage.close()

class BareRef {
  readonly cid: string
  readonly hid: string

  constructor(cid: string, hid: string) {
    this.cid = cid
    this.hid = hid
  }
}

const db = new DatabaseSync(path, { readOnly: true })
db.exec('PRAGMA cache_size = -32768')
const read = db.prepare(`
  SELECT calls.duration_us, labels.name, lower(hex(refs.hid)), lower(hex(vals.cid)), vals.kind
  FROM calls JOIN io ON io.call = calls.id AND io.slot < 0 JOIN labels ON labels.id = io.label
  JOIN refs ON refs.id = io.ref JOIN vals ON vals.id = refs.val WHERE calls.hid = unhex(?)`)
read.setReturnArrays(true)

function hashCall(i: number): string {
  const a = hash('sha256', `value n${i};`, 'hex')
  const b = hash('sha256', 'value s4:adam', 'hex')
  return hash('sha256', `call add 1:a${a}1:b${b}`, 'hex')
}

function runFloor(from: number, to: number): void {
  for (let i = from; i < to; i += 1) {
    hashCall(i)
    const rows = read.all(hids[i] as string) as unknown as string[][]
    assert.equal(rows.map((row) => new BareRef(row[3] as string, row[2] as string)).length, 1)
  }
}

const fresh = new Storage(path)
let loads = 0
fresh.subscribe((event) => { if (event.kind === 'value-loaded') loads += 1 })
const runHits = (from: number, to: number): Promise<void> => fresh.run(async () => { for (let i = from; i < to; i += 1) await add(i, 'adam') })
db.exec('BEGIN')
await runHits(0, WARM_UP)
runFloor(0, WARM_UP)
let [cold, coldFloor] = [0, 0]
for (let from = WARM_UP; from < CALLS; from += CHUNK) {
  cold += await cpuUs(() => runHits(from, from + CHUNK))
  coldFloor += await cpuUs(() => runFloor(from, from + CHUNK))
}

const hashAll = (): void => { for (let i = 0; i < AGAIN; i += 1) hashCall(i) }
const rounds: [number, number][] = []
for (let i = 0; i < ROUNDS; i += 1) rounds.push([await cpuUs(() => runHits(0, AGAIN)), await cpuUs(hashAll)])
assert.equal(fresh.summary().executed, 0)
assert.equal(loads, 0)
await fresh.close()
console.log(JSON.stringify({
  'hit, new process, µs': cold / (CALLS - WARM_UP), 'its floor, µs': coldFloor / (CALLS - WARM_UP),
  'hit again, µs': median(rounds.map(([ours]) => ours)) / AGAIN, 'floor of hashing alone, µs': median(rounds.map(([, floor]) => floor)) / AGAIN,
}))
