import { MandalaError } from '../base/mandala-error.ts'
import { identifyCall, mustRefresh } from './call.ts'
import { findContext } from './context.ts'
import type { OpDefinition } from './definition.ts'
import { findByContent, findByHistory } from './look-up.ts'
import { Memo, type CodeTracking, type Result } from './memo.ts'
import type { Request } from './request.ts'

/** What would come of a call. */
export type Foreseen =
  | { readonly kind: 'hit'; readonly by: 'history' | 'content'; readonly result: Result }
  /** An equal call is being executed, whose result it would wait for. */
  | { readonly kind: 'in-flight' }
  | { readonly kind: 'miss' }
  /** It would throw before its function runs. */
  | { readonly kind: 'refused'; readonly error: MandalaError }
  /** A hit or a miss: somebody says first what a change of the code means. */
  | { readonly kind: 'undecided' }

/** A call that is asked about, and the code that it is held against. */
export interface Forecast {
  readonly request: Request
  readonly foreseen: Foreseen
  /** Whether the run that asks would execute it in any case. */
  readonly isRefreshed: boolean
  readonly versions: CodeTracking['versions'] | undefined
}

/** Looks a call up as a run would, and makes none: nothing is executed, recorded or decided. */
export async function foresee(memo: Memo, op: OpDefinition, args: readonly unknown[]): Promise<Forecast> {
  memo.expectOwnName(op)
  return foreseeRequest(memo, await identifyCall(memo, op, args, true))
}

/** The same for a call whose inputs are identified already. */
export async function foreseeRequest(memo: Memo, request: Request): Promise<Forecast> {
  const context = findContext()
  const isRefreshed = context?.memo === memo && mustRefresh(request, context)
  const { foreseen, versions } = context?.memo === memo ? { foreseen: await lookUp(memo, request), versions: memo.code?.versions } : await lookUpAnew(memo, request)
  const isRunning = memo.inFlight.has(request.cid)
  return { request, isRefreshed, versions, foreseen: isRunning && foreseen.kind === 'miss' ? { kind: 'in-flight' } : isRefreshed ? { kind: 'miss' } : foreseen }
}

/** As at the start of a run, which looks at the code and forgets what it kept of another. */
async function lookUpAnew(memo: Memo, request: Request): Promise<Pick<Forecast, 'foreseen' | 'versions'>> {
  const { code } = memo
  if (!code) return { foreseen: await lookUp(await memo.withoutMemory(undefined), request), versions: undefined }
  const withEyesOf = async (versions: CodeTracking['versions']): Promise<Memo> => {
    const other = await memo.withoutMemory({ ...code, versions })
    other.register(request.op)
    return other
  }
  const attempt = async (decision: 'recompute' | 'reuse'): Promise<Pick<Forecast, 'foreseen' | 'versions'>> => {
    const versions = code.tryOut(decision)
    await versions.sync()
    return { foreseen: await lookUp(await withEyesOf(versions), request), versions }
  }
  const attempted = await attempt(code.decision ?? 'recompute')
  if (code.decision !== undefined || attempted.foreseen.kind !== 'miss') return attempted
  const isHitIfReused = (await attempt('reuse')).foreseen.kind === 'hit'
  return isHitIfReused ? { ...attempted, foreseen: { kind: 'undecided' } } : attempted
}

async function lookUp(memo: Memo, request: Request): Promise<Foreseen> {
  try {
    const byHistory = await findByHistory(memo, request)
    if (byHistory) return { kind: 'hit', by: 'history', result: byHistory }
    const byContent = await findByContent(memo, request, request.cid)
    return byContent ? { kind: 'hit', by: 'content', result: byContent } : { kind: 'miss' }
  } catch (error) {
    if (error instanceof MandalaError && error.code === 'OUTPUT_INVALID') return { kind: 'refused', error }
    throw error
  }
}
