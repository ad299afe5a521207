/** The port to people: messages that rules ask for and alarms of the engine, delivered at least once. */

/** A message on its way to people. The id lets a receiver drop repeats. */
export interface Notice {
  readonly id: string
  readonly orderId: string
  /** A rule's channel, or `alarm` for what the engine itself must tell. */
  readonly channel: string
  readonly message: string
}

export interface Notifier {
  /** Delivers a message; a rejected promise means that it is tried again. */
  notify(notice: Notice): Promise<void>
}
