import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ComputationFrame } from '../../../src/index.ts'
import { actAll, anyDeed, anySource, namesOf, startFrame } from './frames.ts'
import { anyProgram, runProgram, runs } from './program.ts'
import { downstreamPlainly, dropUnreachablePlainly, midstreamPlainly, reverse, type Node } from './reach.ts'
import { sizesOf, viewOf } from './view.ts'

const anyHow = fc.constantFrom('strong' as const, 'weak' as const)

function nodesOf(names: readonly string[]): Node[] {
  return names.map((name) => (name.endsWith('()') ? ['o', name.slice(0, -2)] : ['v', name]))
}

/** Frames of random programs, as an expansion leaves them or as some verbs do. */
async function forFrames(numRuns: number, check: (frame: ComputationFrame, pick: (count: number) => string[], how: 'strong' | 'weak') => void): Promise<void> {
  const picks = fc.array(fc.nat(99), { minLength: 3, maxLength: 3 })
  await fc.assert(fc.asyncProperty(anyProgram(), anySource, fc.array(anyDeed, { maxLength: 3 }), picks, anyHow, async (program, source, deeds, some, how) => {
    const ran = await runProgram(program)
    const whole = await (await startFrame(ran, source)).expandAll()
    const changed = await actAll(whole, deeds)
    const { variables, operations } = namesOf(changed)
    const frame = changed.select(...variables, ...operations.map((name) => `${name}()`))
    const { all } = namesOf(frame)
    check(frame, (count) => (all.length === 0 ? [] : some.slice(0, count).map((n) => all[n % all.length] as string)), how)
    await ran.storage.close()
  }), runs(numRuns))
}

test('downstream and upstream are what a fixed point finds, each the other one in the frame turned round', async () => {
  await forFrames(150, (frame, pick, how) => {
    const view = viewOf(frame)
    for (const names of [pick(1), pick(2)]) {
      assert.deepEqual(sizesOf(viewOf(frame.downstream(names, how))), sizesOf(downstreamPlainly(view, nodesOf(names), how)))
      assert.deepEqual(sizesOf(viewOf(frame.upstream(names, how))), sizesOf(downstreamPlainly(reverse(view), nodesOf(names), how)))
    }
  })
})

test('what a frame drops as unreachable is what a fixed point from its ends leaves out', async () => {
  await forFrames(150, (frame, _, how) => {
    const view = viewOf(frame)
    assert.deepEqual(sizesOf(viewOf(frame.dropUnreachable('forward', how))), sizesOf(dropUnreachablePlainly(view, how)))
    assert.deepEqual(sizesOf(viewOf(frame.dropUnreachable('back', how))), sizesOf(dropUnreachablePlainly(reverse(view), how)))
  })
})

test('midstream is what lies between, and a part of what is downstream and upstream', async () => {
  await forFrames(150, (frame, pick, how) => {
    const names = pick(3)
    const midstream = viewOf(frame.midstream(names, how))
    assert.deepEqual(sizesOf(midstream), sizesOf(midstreamPlainly(viewOf(frame), nodesOf(names), how)))
    if (how !== 'weak' || names.length === 0) return
    const [down, up] = [viewOf(frame.downstream(names, 'weak')), viewOf(frame.upstream(names, 'weak'))]
    for (const [name, refs] of midstream.variables) {
      assert.ok(down.variables.has(name) && up.variables.has(name), name)
      assert.ok(refs.isSubsetOf(down.variables.get(name) as Set<string>), `${name} is not downstream`)
    }
  })
})
