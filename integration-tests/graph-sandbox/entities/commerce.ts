import { EntitySchema } from "typeorm"

/** The life cycle of an order, in this order (CONTRACT 8.3). An order whose units are all cancelled counts as COMPLETED. */
export const ORDER_STATES = ["FB_PROCESSING", "CREATED", "IN_PROGRESS", "COMPLETED"] as const

export type OrderState = (typeof ORDER_STATES)[number]

/** A shop of a catalogue: the node behind `cms_id`. Without a registered app its orders go to IN_PROGRESS by themselves. */
export type MerchantRow = { id: string; catalog_id: string; has_app: boolean }

export type OrderRow = {
  id: string
  merchant_id: string
  state: OrderState
  created_at: Date
  updated_at: Date
  /** Since when the order is acknowledged; it leaves the counter of unconfirmed orders half an hour later. */
  acknowledged_at: Date | null
  merchant_order_reference: string | null
}

/** `quantity` is what was ordered; `cancelled` of it are cancelled. */
export type OrderItemRow = { id: string; order_id: string; product_id: string; retailer_id: string; quantity: number; cancelled: number; price: string | null }

export type CancellationRow = {
  id: string
  order_id: string
  by: "buyer" | "seller"
  reason_code: string
  restock_items: boolean
  items: { retailer_id: string; quantity: number }[]
  created_at: Date
}

/** What a call with this key was and what it was answered, both as JSON; `node_id` is the order or shop it was made on. */
export type ReceiptRow = { node_id: string; idempotency_key: string; request: string; reply: string }

export const MerchantEntity = new EntitySchema<MerchantRow>({
  name: "merchant",
  tableName: "merchant",
  columns: { id: { type: "text", primary: true }, catalog_id: { type: "text" }, has_app: { type: "boolean" } },
})

export const OrderEntity = new EntitySchema<OrderRow>({
  name: "commerce_order",
  tableName: "commerce_order",
  columns: {
    id: { type: "text", primary: true },
    merchant_id: { type: "text" },
    state: { type: "text" },
    created_at: { type: "timestamptz" },
    updated_at: { type: "timestamptz" },
    acknowledged_at: { type: "timestamptz", nullable: true },
    merchant_order_reference: { type: "text", nullable: true },
  },
  indices: [{ name: "commerce_order_page", columns: ["merchant_id", "id"], unique: true }],
})

export const OrderItemEntity = new EntitySchema<OrderItemRow>({
  name: "commerce_order_item",
  tableName: "commerce_order_item",
  columns: {
    id: { type: "text", primary: true },
    order_id: { type: "text" },
    product_id: { type: "text" },
    retailer_id: { type: "text" },
    quantity: { type: "int" },
    cancelled: { type: "int" },
    price: { type: "text", nullable: true },
  },
  uniques: [{ name: "commerce_order_item_retailer", columns: ["order_id", "retailer_id"] }],
})

export const CancellationEntity = new EntitySchema<CancellationRow>({
  name: "commerce_cancellation",
  tableName: "commerce_cancellation",
  columns: {
    id: { type: "text", primary: true },
    order_id: { type: "text" },
    by: { type: "text" },
    reason_code: { type: "text" },
    restock_items: { type: "boolean" },
    items: { type: "jsonb" },
    created_at: { type: "timestamptz" },
  },
})

export const ReceiptEntity = new EntitySchema<ReceiptRow>({
  name: "commerce_receipt",
  tableName: "commerce_receipt",
  columns: {
    node_id: { type: "text", primary: true },
    idempotency_key: { type: "text", primary: true },
    request: { type: "text" },
    reply: { type: "text" },
  },
})
