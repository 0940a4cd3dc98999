import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check } from '../../src/frame/check.ts'
import type { FrameData } from '../../src/frame/frame-data.ts'
import { Web } from '../../src/web/web.ts'
import type { LinkedCall } from '../../src/store/store.ts'

const web = new Web({ load: () => undefined, elementsOf: () => new Map() })
const slot = (name: string): object => ({ name, hid: `h${name}`, cid: `c${name}`, kind: 'value' })
const call = web.addCall({
  hid: 'call', cid: 'content', op: 'f', version: 0, startedAtMs: 0, durationMs: 0, order: 1, inputs: [slot('x')], outputs: [slot('y')],
} as unknown as LinkedCall)
const [x, y] = [web.call(call).inputs[0] as number, web.call(call).outputs[0] as number]

function frame(variables: Record<string, number[]>, op = 'f'): FrameData {
  const operation = { op, calls: new Set([call]), inputs: new Map([['x', ['x']]]), outputs: new Map([['y', ['y']]]) }
  return { web, variables: new Map(Object.entries(variables).map(([name, refs]) => [name, new Set(refs)])), operations: new Map([['f', operation]]), shown: undefined }
}

test('the check of a frame is silent where all is there, and names what is not', () => {
  assert.deepEqual(check(frame({ x: [x], y: [y] })), [])
  assert.deepEqual(check(frame({ x: [x], y: [] })), ['y lacks outputs of f under the name y'])
  assert.deepEqual(check(frame({ y: [y] })), ["f.x leads to x, which isn't there"])
  assert.deepEqual(check(frame({ x: [x], y: [y] }, 'g')), ['f has a call of f'])
})
