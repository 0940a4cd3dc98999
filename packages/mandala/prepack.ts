import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Before a pack: nothing of an earlier build is shipped, and the repository's own texts are. */
const folder = import.meta.dirname
rmSync(join(folder, 'dist'), { recursive: true, force: true })
for (const name of ['README.md', 'LICENSE']) copyFileSync(join(folder, '../..', name), join(folder, name))
