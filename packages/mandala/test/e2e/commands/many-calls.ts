import { op, Storage } from '../../../src/index.ts'

const [path, count] = process.argv.slice(2) as [string, string]
const square = op('square', (x: number) => x * x)

await using storage = new Storage(path)
await storage.run(async () => { for (let x = 0; x < Number(count); x += 1) await square(x) })
