import { SqliteStore } from '../../src/sqlite/sqlite-store.ts'
import { makeAsync } from './async-store.ts'
import { describeRuns } from './runs.ts'
import { describeStore } from './store.ts'

const open = (path: string): SqliteStore => new SqliteStore({ path, overflow: undefined })

describeRuns('a store that answers at once', open)
describeRuns('a store that answers later', (path) => makeAsync(open(path)))

describeStore('a store that answers later', {
  open(t) {
    const store = open(':memory:')
    t.after(() => store.close())
    return { store: makeAsync(store), again: undefined }
  },
})
