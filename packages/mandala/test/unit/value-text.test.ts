import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderColumns } from '../../src/render/columns.ts'
import { StandIn } from '../../src/render/stand-in.ts'
import { describeValue, renderCell, renderValue } from '../../src/render/value-text.ts'

test('a value is described by its type, its shape and its length', () => {
  const described: readonly (readonly [string, unknown])[] = [
    ['number', 1], ['undefined', undefined], ['null', null], ['bigint', 1n], ['text of 1 character', 'a'], ['text of 1,000 characters', 'a'.repeat(1000)],
    ['array of 0', []], ['array of 1 number', [1]], ['array of 2 texts', ['a', 'b']], ['array of 2', [1, 'a']], ['array of 3', [1, , 2]],
    ['array 2 × 3 of numbers', [[1, 2, 3], [4, 5, 6]]], ['array 1 × 2 × 1 of booleans', [[[true], [false]]]], ['array of 2', [[1], [2, 3]]],
    ['table of 2 rows', [{ a: 1 }, { b: 2 }]], ['array of 2', [{ a: 1 }, null]],
    ['Float32Array of 3', new Float32Array(3)], ['DataView of 8', new DataView(new ArrayBuffer(8))],
    ['Map of 1', new Map([[1, 2]])], ['Set of 0', new Set()],
    ['object of 1 property', { a: 1 }], ['object of 2 properties', Object.assign(Object.create(null), { a: 1, b: 2 })],
    ['Date', new Date(0)], ['RangeError', new RangeError('x')], ['Forest', new StandIn('Forest')],
  ]
  for (const [text, value] of described) assert.equal(describeValue(value), text)
})

test('a cell is one line, shortened; a text in it is not taken for what it says', () => {
  assert.equal(renderCell('4'), "'4'")
  assert.equal(renderCell('a\nb'), "'a\\nb'")
  assert.equal(renderCell({ a: { b: { c: 1 } }, d: [1, 2, 3, 4, 5, 6, 7] }), '{ a: { b: [Object] }, d: [ 1, 2, 3, 4, …')
  assert.equal(renderCell('x'.repeat(100), 10).length, 10)
})

test('of a value that is too long or too deep the first part is printed, unless it is wanted whole', () => {
  const deep = { a: { b: { c: { d: { e: { f: 1 } } } } } }
  assert.match(renderValue(deep), /\[Object\]/)
  assert.match(renderValue(deep, true), /f: 1/)
  assert.match(renderValue(['x'.repeat(2000)]), /\.\.\. 1800 more characters/)
  assert.match(renderValue('x'.repeat(2000)), /x… 1,500 more characters$/)
  const wide = Array.from({ length: 2 }, () => Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`c${i}`, i])))
  assert.match(renderValue(wide), /\n… 2 more columns: c12, c13$/)
  assert.match(renderValue(wide, true), /c13/)
})

test('columns of numbers end together, others begin together; wide characters take two places, accents none', () => {
  assert.equal(renderColumns(['name', 'n', 'id'], [['日本', '1.5 MB', '12345678'], ['e\u0301a', '12', '00000001']], { ids: ['id'] }), [
    'name       n  id', '────  ──────  ────────', '日本  1.5 MB  12345678', 'e\u0301a        12  00000001',
  ].join('\n'))
})

test('columns fit a terminal: the widest are cut, none to nothing; numbers and ids never are', () => {
  const rows = [['a'.repeat(50), 'b'.repeat(30), 'c']]
  const fitted = renderColumns(['first', 'second', 'x'], rows, { widthMax: 40 })
  for (const line of fitted.split('\n')) assert.ok(line.length <= 40, line)
  assert.match(fitted, /a…  b{17}…  c$/)
  assert.match(renderColumns(['first', 'second', 'x'], rows, { widthMax: 5 }), /a{5}…  b{5}…  c$/)
  assert.equal(renderColumns(['n', 'id'], [['123456789', 'abcdef0123']], { widthMax: 5, ids: ['id'] }).split('\n').at(-1), '123456789  abcdef0123')
  assert.match(renderColumns(['名'], [['日本語日本語']], { widthMax: 8 }), /日本語…$/)
})
