import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BoundedMap } from '../../src/memo/bounded-map.ts'

test('what was set is found, and replaced by what is set later', () => {
  const map = new BoundedMap<string, number>(10)
  map.set('a', 1)
  map.set('a', 2)
  assert.equal(map.get('a'), 2)
  assert.equal(map.get('b'), undefined)
  assert.equal(map.count, 1)
})

test('it never holds more than twice its limit, and always the latest', () => {
  const map = new BoundedMap<number, number>(10)
  for (let i = 0; i < 1000; i += 1) {
    map.set(i, i)
    assert.ok(map.count <= 20)
    for (let j = Math.max(0, i - 9); j <= i; j += 1) if (j === i) assert.equal(map.get(j), j)
  }
})

test('what is asked for stays, what is not goes', () => {
  const map = new BoundedMap<number | string, number>(10)
  map.set('kept', 1)
  map.set('left', 2)
  for (let i = 0; i < 100; i += 1) {
    map.set(i, i)
    assert.equal(map.get('kept'), 1)
  }
  assert.equal(map.get('left'), undefined)
})

test('with sizes, their sum is bounded and told; what is larger than the limit is not kept', () => {
  const map = new BoundedMap<string, { size: number }>(100, ({ size }) => size)
  map.set('a', { size: 60 })
  map.set('b', { size: 60 })
  assert.equal(map.size, 120)
  map.set('c', { size: 60 })
  assert.equal(map.size, 120)
  assert.equal(map.get('a'), undefined)
  map.set('huge', { size: 101 })
  assert.equal(map.get('huge'), undefined)
  assert.equal(map.size, 120)
})

test('what is replaced counts until its generation goes, what is deleted no longer', () => {
  const map = new BoundedMap<string, { size: number }>(100, ({ size }) => size)
  map.set('a', { size: 60 })
  map.set('b', { size: 60 })
  map.set('a', { size: 10 })
  assert.equal(map.size, 130)
  assert.deepEqual(map.get('a'), { size: 10 })
  map.delete('b')
  map.delete('unknown')
  assert.equal(map.size, 70)
  map.delete('a')
  assert.deepEqual([map.size, map.count, map.get('a')], [0, 0, undefined])
  map.set('c', { size: 1 })
  map.clear()
  assert.deepEqual([map.size, map.count], [0, 0])
  assert.equal(map.get('a'), undefined)
})
