import { PRIORITY } from "../push/priority"

/** Condition: item `i` waits, in a carrier or not. */
export const WAITING = "i.due_at is not null and i.batch_id is null and i.listed_at is not null and i.deleted_at is null"

/** Condition: item `i` may be claimed once its mark is due. An item in a carrier is sent only if it has sold out. */
export const CLAIMABLE = `${WAITING}
  and (i.carrier_id is null or i.priority <= ${PRIORITY.sellOut})`
