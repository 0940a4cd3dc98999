import { AsyncLocalStorage } from 'node:async_hooks'
import { Storage, type StorageOptions } from '../../src/index.ts'
import type { CodeContent, CodeState, Trace, Tracer } from '../../src/versions/code-state.ts'

/** Code that a test edits: components are texts, and a function says what it uses. */
export class FakeCode implements CodeState, Tracer {
  readonly texts: Map<string, string>
  readonly references = new Map<string, readonly string[]>()
  readonly #traces = new AsyncLocalStorage<Map<string, string>>()

  constructor(texts: Record<string, string>) {
    this.texts = new Map(Object.entries(texts))
  }

  /** Notes that the running op uses a component, and gives its text. */
  use(component: string): string {
    const content = this.find(component)
    if (!content) throw new Error(`${component} isn't there`)
    this.#traces.getStore()?.set(component, content.hash)
    return content.source
  }

  edit(component: string, text: string | undefined): void {
    if (text === undefined) this.texts.delete(component)
    else this.texts.set(component, text)
  }

  /** What stands behind a `//` doesn't count. */
  find(component: string): CodeContent | undefined {
    const source = this.texts.get(component)
    return source === undefined ? undefined : { hash: source.replace(/ *\/\/.*/, ''), source }
  }

  isReadable(component: string): boolean {
    return component.includes('#')
  }

  findHash(component: string): string | undefined {
    return this.find(component)?.hash
  }

  watch(): undefined {}

  noteOp(): void {}

  findComponentOf(): undefined {}

  mayMove(): boolean {
    return true
  }

  begin(): void {}

  findReferences(component: string): ReadonlyMap<string, CodeContent> {
    return new Map((this.references.get(component) ?? []).map((name) => [name, this.find(name) as CodeContent]))
  }

  start(): Trace {
    const used = new Map<string, string>()
    return {
      run: (fn) => this.#traces.run(used, fn),
      add: (component, hash) => void used.set(component, hash),
      end: () => ({ components: used, hidden: [], written: [], changed: [] }),
    }
  }

  /** A storage that follows this code. */
  open(options: StorageOptions = {}): Storage {
    return new Storage({ onChange: 'recompute', ...options }, { code: () => ({ state: this, tracer: this }) })
  }
}
