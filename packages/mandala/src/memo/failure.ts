import { letGo } from '../base/awaitable.ts'
import { describeValue } from '../base/describe-value.ts'
import type { CallContentId } from '../base/ids.ts'
import { describeProcess } from '../base/this-process.ts'
import { Ref } from '../model/ref.ts'
import type { StoredFailure } from '../store/store.ts'
import { bind } from './bind.ts'
import type { OpDefinition } from './definition.ts'
import type { Memo } from './memo.ts'

const INPUT_LENGTH_MAX = 100
const TEXT_LENGTH_MAX = 10_000

interface Failed {
  readonly op: OpDefinition
  readonly args: readonly unknown[]
  /** Undefined where its inputs were refused. */
  readonly cid: CallContentId | undefined
  readonly error: unknown
  readonly startedAtMs: number
}

/** Keeps a call that gave no result for people to look at. What is wrong with keeping it must not hide what was thrown. */
export function noteFailure(memo: Memo, failed: Failed): void {
  try {
    letGo([memo.queue.add({ calls: [], values: [], failures: [describeFailure(memo, failed)] }, 0)])
  } catch {
    // The error of the call itself is about to be thrown.
  }
}

function describeFailure(memo: Memo, { op, args, cid, error, startedAtMs }: Failed): StoredFailure {
  const { name, version, inputName } = memo.identityOf(op)
  const times = { startedAtMs, durationMs: Date.now() - startedAtMs }
  return { op: name, version, cid, inputs: describeInputs(op, args, inputName), error: describeError(error), ...times, process: describeProcess() }
}

/** Each input as a short text. */
export function describeInputs(op: OpDefinition, args: readonly unknown[], inputName = (name: string): string => name): StoredFailure['inputs'] {
  try {
    return Object.fromEntries(bind(op, args).map(({ name, value }) => [inputName(name), describeInput(value)]))
  } catch {
    return { arguments: describeInput(args) }
  }
}

function describeInput(value: unknown): string {
  return value instanceof Ref ? value.toString() : describeValue(value, INPUT_LENGTH_MAX)
}

function describeError(error: unknown): StoredFailure['error'] {
  if (!(error instanceof Error)) return { name: 'not an Error', message: describeInput(error) }
  const { code } = error as { readonly code?: unknown }
  return {
    name: error.name, message: error.message.slice(0, TEXT_LENGTH_MAX), ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack.slice(0, TEXT_LENGTH_MAX) }),
  }
}
