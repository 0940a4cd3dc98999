/** Calls `f(10)` once for each of 1, 2, 3 and 1 again, each time after `set`, and reports what came of them, and of `g(10)` at the end. */
export const program = (definitions: string, calls = 'for (const t of [1, 2, 3, 1]) { set(t); results.push(await unwrap(f(10))) }'): string =>
  `import { AsyncLocalStorage } from 'node:async_hooks'
import { op, Storage, unwrap } from 'mandala-ts'
${definitions}
const executed: string[] = []
const results: unknown[] = []
const warnings: string[] = []
const logger = { warn: (text: string) => { warnings.push(text) }, show: () => {}, progress: () => {} }
const storage = new Storage({ path: 'store.db', deps: 'src', logger })
storage.subscribe((event) => { if (event.kind === 'call-will-execute') executed.push(event.op) })
await storage.run(async () => { ${calls} })
await storage.close()
console.log(JSON.stringify({ result: results, executed, warnings }))
`

/** The warning of what changed inside a value while calls ran. */
export const inside = (op: string, name: string, part: string): string => `${op} uses src/main.ts#${name} (what it keeps inside changes while ops run: ${part})`
/** Without what the warnings say of the ways out. */
export const started = (warnings: readonly string[]): string[] => warnings.map((text) => text.split(', which')[0]!).sort()
