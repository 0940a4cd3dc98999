import { writeFileSync } from 'node:fs'
import { Storage } from 'mandala-ts'

/** Looks at what the experiment saved: how it was computed, as text and as a picture, and its results as a table. */
const storage = new Storage(process.env['STORE'] ?? 'digits.db')
const cf = await storage.cf('getAcc').expandBack({ recursive: true })
console.log(String(cf))
console.log()
console.log(await cf.select('nClass', 'nEstimators', 'maxDepth', 'acc').df())
writeFileSync(process.env['PICTURE'] ?? 'digits.svg', await cf.toSvg({ orientation: 'LR' }))
await storage.close()
