import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderCodeChange } from '../../src/render/code-change.ts'

const affected = [{ op: 'score', calls: 2, durationMs: 1500 }]

test('a change is told by the lines that differ, the calls at stake and their time', () => {
  assert.equal(renderCodeChange({ component: 'a.ts#scale', before: 'x * 2', after: 'x * 3', affected }),
    'a.ts#scale has changed:\n- x * 2\n+ x * 3\nIt was used by 2 calls that took 1.5 s: score (2).')
})

test('where what shows is the same, that is said', () => {
  assert.equal(renderCodeChange({ component: 'a.ts#client (value)', before: 'Client {}', after: 'Client {}', affected }), [
    'a.ts#client (value) has changed:', '  Client {}', '  (what shows of it is the same: what made it has changed, or what it keeps inside)',
    'It was used by 2 calls that took 1.5 s: score (2).',
  ].join('\n'))
})
