import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSupported } from '../../src/sqlite/load-sqlite.ts'

test('Node from 22.18 on is supported, except 23, which never got all of SQLite', () => {
  assert.deepEqual(['22.18.0', '22.23.3', '24.0.0', '26.10.0', '100.0.0', '25.0.0-nightly'].filter((version) => !isSupported(version)), [])
  assert.deepEqual(['18.20.8', '20.20.2', '22.5.0', '22.17.1', '23.11.0'].filter(isSupported), [])
})
