import { getTracer } from '../code/tracer.ts'
import type { CodeTracking } from '../memo/memo.ts'
import type { NamedStore } from '../store/named-store.ts'
import type { CodeStore } from '../store/store.ts'
import type { CodeState, Tracer } from '../versions/code-state.ts'
import { NamedCode } from '../versions/named-code.ts'
import { Versions } from '../versions/versions.ts'
import { LiveCode } from '../versions/live-code.ts'
import { decide } from './decide.ts'
import type { ResolvedOptions } from './options.ts'

/** What follows the code that calls use. */
export interface CodeFollower {
  readonly state: CodeState
  readonly tracer: Tracer
}

/** The running program; nothing where no code is followed. */
export function followProgram({ isFollowed, logger }: ResolvedOptions): CodeFollower | undefined {
  if (!isFollowed) return undefined
  const code = new LiveCode(isFollowed)
  if (!code.hasLoader) {
    logger.warn('calls depend on their ops\' own text and on what track(...) marks; to follow all code, start with: node --import mandala-ts/register')
  }
  return { state: code, tracer: code }
}

export function followCode(store: NamedStore, follower: CodeFollower | undefined, { onChange, logger }: ResolvedOptions): CodeTracking | undefined {
  if (!follower) return undefined
  const code = new NamedCode(follower, () => store.names)
  const told = new Set<string>()
  const tell = (text: string): void => {
    if (told.has(text)) return
    told.add(text)
    // A call around this one may still go on.
    getTracer().markers.unwatched(() => { logger.warn(text) })
  }
  return {
    tracer: code,
    versions: new Versions(store, code, (change) => decide(change, onChange)),
    decision: onChange === 'recompute' || onChange === 'reuse' ? onChange : undefined,
    tryOut: (decision) => new Versions(withoutWriting(store), code, async () => decision),
    noteHidden(op, { hidden, written }) {
      for (const name of hidden) tell(`${op} uses ${name}, which is no input: a hit gives what came of it then; pass it as an input, or ignore this if that is meant`)
      for (const name of written) tell(`${op} assigns to ${name}, which a hit does not repeat: return it instead`)
    },
  }
}

/** Where trying something out leaves no trace. Every version counts as used: what no call used is in no answer. */
function withoutWriting(store: CodeStore): CodeStore {
  const nothing = (): void => {}
  return {
    findVersioned: (id) => store.findVersioned(id), codeRevision: () => store.codeRevision(), readCommits: () => store.readCommits(),
    readVersions: () => store.readVersions(), readHeads: () => store.readHeads(), listVersionCalls: (id) => store.listVersionCalls(id),
    countUses: async () => (await store.readVersions()).map(({ id }) => ({ version: id, calls: 1, durationMs: 0 })),
    putCode: nothing, extendVersions: nothing, moveMeaning: nothing, dropVersion: nothing,
  }
}
