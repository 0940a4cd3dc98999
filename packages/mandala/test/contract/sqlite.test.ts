import { join } from 'node:path'
import { SqliteStore } from '../../src/sqlite/sqlite-store.ts'
import { makeFolder } from '../helpers.ts'
import { describeStore } from './store.ts'

describeStore('a SQLite store in memory', {
  open(t) {
    const store = new SqliteStore({ path: ':memory:', overflow: undefined })
    t.after(() => store.close())
    return { store, again: undefined }
  },
})

describeStore('a SQLite store in a file', {
  open(t) {
    const path = join(makeFolder(t), 'test.db')
    const again = (): SqliteStore => new SqliteStore({ path, overflow: undefined })
    const store = again()
    t.after(() => store.close())
    return { store, again }
  },
})

describeStore('a SQLite store in a file, with large values beside it', {
  open(t) {
    const folder = makeFolder(t)
    const overflow = { dir: join(folder, 'values'), bytesMin: 30 }
    const again = (): SqliteStore => new SqliteStore({ path: join(folder, 'test.db'), overflow })
    const store = again()
    t.after(() => store.close())
    return { store, again }
  },
})
