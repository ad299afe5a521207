/** A shop in full swing: many orders at once, each with its story, told by two senders, the shop's system and its staff. */
import type { PublicEvent } from '@postdelivery/core'
import type { Random } from '../../random.ts'
import type { Acknowledged } from '../checks/check-events.ts'
import type { RemoteTwin } from '../remote-twin.ts'
import type { Violation } from '../violation.ts'
import { createSender, type Sender } from './sender.ts'
import { makeShopOrder, type ShopOrder } from './shop-order.ts'

export interface Shop {
  /** Sends to the engine. */
  readonly system: Sender
  /** Sends to the inbox, from another process. */
  readonly staff: Sender
  /** Opens new orders at Klarna when few events are left to send; call it before each pumping of weight. */
  restock(): Promise<void>
  /** Opens no further orders. */
  closeDoors(): void
  /** Whether every event of every order was sent and acknowledged. */
  readonly isDone: boolean
  readonly acknowledged: readonly Acknowledged[]
  readonly violations: readonly Violation[]
}

export interface ShopOptions {
  readonly draws: Random
  readonly twin: Pick<RemoteTwin, 'addOrders'>
  /** Orders whose events are being sent at once. */
  readonly activeCount: number
  /** Events on their way to the engine at once. */
  readonly windowCount: number
  /** Which way staff ask: through the inbox from another process, or through the shop's system. */
  readonly staffAsk: 'by_inbox' | 'by_system'
  /** The clock's now, in milliseconds since 1970. */
  readonly nowMs: () => number
}

/** An order with the events that are left to send. */
interface Told {
  readonly order: ShopOrder
  sentCount: number
}

/** Opens a shop without orders. */
export function openShop(options: ShopOptions): Shop {
  const { draws, twin, activeCount } = options
  let active: Told[] = []
  const asked: PublicEvent[] = []
  let openedCount = 0
  let pickCount = 0
  let isClosing = false
  let opening: Promise<void> | null = null

  const openOrders = async (count: number): Promise<void> => {
    const orders = Array.from({ length: count }, (_, index) =>
      makeShopOrder(draws, `order ${openedCount + index}`, options.nowMs()),
    )
    openedCount += count
    await twin.addOrders(orders.map((order) => order.seed))
    active.push(...orders.map((order) => ({ order, sentCount: 0 })))
  }
  const ask = (): PublicEvent | null => asked.shift() ?? null
  const next = (): PublicEvent | null => {
    if (active.length === 0) return options.staffAsk === 'by_system' ? ask() : null
    pickCount += 1
    const told = draws.pick(`order ${pickCount}`, active)
    const event = told.order.events[told.sentCount]
    told.sentCount += 1
    if (told.sentCount >= told.order.events.length) {
      active = active.filter((each) => each !== told)
      asked.push(...told.order.asked)
    }
    return event ?? null
  }
  const { system, staff } = createSenders(options, { next, ask })
  return {
    system,
    staff,
    async restock() {
      if (isClosing || active.length > activeCount / 2) return
      opening ??= openOrders(activeCount).finally(() => {
        opening = null
      })
      await opening
    },
    closeDoors: () => {
      isClosing = true
    },
    get isDone() {
      return active.length === 0 && asked.length === 0 && system.isQuiet && staff.isQuiet
    },
    get acknowledged() {
      return [...system.acknowledged, ...staff.acknowledged]
    },
    get violations() {
      return [...system.violations, ...staff.violations]
    },
  }
}

/** The shop's system, and its staff when they ask through the inbox. */
function createSenders(
  { draws, windowCount, staffAsk }: ShopOptions,
  {
    next,
    ask,
  }: { readonly next: () => PublicEvent | null; readonly ask: () => PublicEvent | null },
): Pick<Shop, 'system' | 'staff'> {
  const system = createSender({
    draws: draws.part('system'),
    windowCount,
    next,
    repeats: true,
    message: (event) => ({ event }),
  })
  const staff = createSender({
    draws: draws.part('staff'),
    windowCount: STAFF_WINDOW_COUNT,
    next: () => (staffAsk === 'by_inbox' ? ask() : null),
    repeats: false,
    message: (event) => ({ event, at: event.at }),
  })
  return { system, staff }
}

const STAFF_WINDOW_COUNT = 4
