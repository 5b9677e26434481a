import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import {
  addShippingMethodToCartWorkflow,
  beginClaimOrderWorkflow,
  beginExchangeOrderWorkflow,
  beginOrderEditOrderWorkflow,
  beginReceiveReturnWorkflow,
  beginReturnOrderWorkflow,
  cancelOrderFulfillmentWorkflow,
  cancelOrderWorkflow,
  completeCartWorkflow,
  confirmClaimRequestWorkflow,
  confirmExchangeRequestWorkflow,
  confirmOrderEditRequestWorkflow,
  confirmReturnReceiveWorkflow,
  confirmReturnRequestWorkflow,
  createCartWorkflow,
  createClaimShippingMethodWorkflow,
  createExchangeShippingMethodWorkflow,
  createOrderFulfillmentWorkflow,
  createOrderShipmentWorkflow,
  createPaymentCollectionForCartWorkflow,
  createPaymentSessionsWorkflow,
  createShippingOptionsWorkflow,
  createShippingProfilesWorkflow,
  orderClaimAddNewItemWorkflow,
  orderClaimItemWorkflow,
  orderEditUpdateItemQuantityWorkflow,
  orderExchangeAddNewItemWorkflow,
  orderExchangeRequestItemReturnWorkflow,
  receiveItemReturnRequestWorkflow,
  requestItemReturnWorkflow,
} from "@medusajs/medusa/core-flows"
import type { SeededVariant } from "../store/seed-store"
import type { Place } from "./marks-place"

/** What a customer and a shop do with orders of one variant, through core's workflows only. */
export type Orders = {
  place(quantity: number): Promise<string>
  fulfil(orderId: string, quantity: number): Promise<string>
  cancelFulfilment(orderId: string, fulfilmentId: string): Promise<void>
  /** Fulfilled and on its way. */
  placeAndShip(quantity: number): Promise<string>
  edit(orderId: string, quantity: number): Promise<void>
  cancel(orderId: string): Promise<void>
  returnOne(orderId: string): Promise<void>
  replaceOne(orderId: string): Promise<void>
  exchangeOne(orderId: string): Promise<void>
}

/** Makes the variant one that can be ordered, paid and shipped from Berlin. */
export async function openOrders(place: Place, variant: SeededVariant): Promise<Orders> {
  const { run, facts, container } = place
  const shippingOptionId = await openShipping(place, variant)
  const find = async (entity: string, filters: Record<string, unknown>, fields = ["id"]): Promise<Record<string, string>> =>
    (await container.resolve(ContainerRegistrationKeys.QUERY).graph({ entity, fields, filters })).data[0] as Record<string, string>
  const lineOf = async (orderId: string): Promise<string> =>
    ((await find("order", { id: orderId }, ["items.*"])) as unknown as { items: { id: string }[] }).items[0].id

  const orders: Orders = {
    async place(quantity) {
      const address = { first_name: "Ada", last_name: "Buyer", address_1: "Beispielstraße 4", city: "Berlin", postal_code: "10115", country_code: "de" }
      const cart = await run<{ id: string }>(createCartWorkflow, {
        region_id: facts.regionIds.europe,
        sales_channel_id: facts.salesChannelId,
        email: "buyer@example.com",
        items: [{ variant_id: variant.variantId, quantity }],
        shipping_address: address,
      })
      await run(addShippingMethodToCartWorkflow, { cart_id: cart.id, options: [{ id: shippingOptionId }] })
      await run(createPaymentCollectionForCartWorkflow, { cart_id: cart.id })
      const { payment_collection: payment } = (await find("cart", { id: cart.id }, ["payment_collection.id"])) as unknown as { payment_collection: { id: string } }
      await run(createPaymentSessionsWorkflow, { payment_collection_id: payment.id, provider_id: "pp_system_default" })
      return (await run<{ id: string }>(completeCartWorkflow, { id: cart.id })).id
    },
    async fulfil(orderId, quantity) {
      const items = [{ id: await lineOf(orderId), quantity }]
      return (await run<{ id: string }>(createOrderFulfillmentWorkflow, { order_id: orderId, location_id: facts.locationIds.berlin, items })).id
    },
    async cancelFulfilment(orderId, fulfilmentId) {
      await run(cancelOrderFulfillmentWorkflow, { order_id: orderId, fulfillment_id: fulfilmentId })
    },
    async placeAndShip(quantity) {
      const orderId = await orders.place(quantity)
      const fulfilmentId = await orders.fulfil(orderId, quantity)
      const items = [{ id: await lineOf(orderId), quantity }]
      await run(createOrderShipmentWorkflow, { order_id: orderId, fulfillment_id: fulfilmentId, items, labels: [] })
      return orderId
    },
    async edit(orderId, quantity) {
      await run(beginOrderEditOrderWorkflow, { order_id: orderId })
      await run(orderEditUpdateItemQuantityWorkflow, { order_id: orderId, items: [{ id: await lineOf(orderId), quantity }] })
      await run(confirmOrderEditRequestWorkflow, { order_id: orderId })
    },
    async cancel(orderId) {
      await run(cancelOrderWorkflow, { order_id: orderId })
    },
    async returnOne(orderId) {
      const items = [{ id: await lineOf(orderId), quantity: 1 }]
      await run(beginReturnOrderWorkflow, { order_id: orderId, location_id: facts.locationIds.berlin })
      const { id } = await find("return", { order_id: orderId })
      await run(requestItemReturnWorkflow, { return_id: id, items })
      await run(confirmReturnRequestWorkflow, { return_id: id })
      await run(beginReceiveReturnWorkflow, { return_id: id })
      await run(receiveItemReturnRequestWorkflow, { return_id: id, items })
      await run(confirmReturnReceiveWorkflow, { return_id: id })
    },
    async replaceOne(orderId) {
      await run(beginClaimOrderWorkflow, { order_id: orderId, type: "replace" })
      const { id } = await find("order_claim", { order_id: orderId })
      await run(orderClaimItemWorkflow, { claim_id: id, items: [{ id: await lineOf(orderId), quantity: 1, reason: "wrong_item" }] })
      await run(orderClaimAddNewItemWorkflow, { claim_id: id, items: [{ variant_id: variant.variantId, quantity: 1 }] })
      await run(createClaimShippingMethodWorkflow, { claim_id: id, shipping_option_id: shippingOptionId })
      await run(confirmClaimRequestWorkflow, { claim_id: id, confirmed_by: "test" })
    },
    async exchangeOne(orderId) {
      await run(beginExchangeOrderWorkflow, { order_id: orderId })
      const { id } = await find("order_exchange", { order_id: orderId })
      await run(orderExchangeAddNewItemWorkflow, { exchange_id: id, items: [{ variant_id: variant.variantId, quantity: 1 }] })
      await run(orderExchangeRequestItemReturnWorkflow, { exchange_id: id, items: [{ id: await lineOf(orderId), quantity: 1 }] })
      await run(createExchangeShippingMethodWorkflow, { exchange_id: id, shipping_option_id: shippingOptionId })
      await run(confirmExchangeRequestWorkflow, { exchange_id: id, confirmed_by: "test" })
    },
  }
  return orders
}

async function openShipping({ container, facts, run }: Place, variant: SeededVariant): Promise<string> {
  const link = container.resolve(ContainerRegistrationKeys.LINK)
  const [profile] = await run<{ id: string }[]>(createShippingProfilesWorkflow, { data: [{ name: "Parcels", type: "default" }] })
  const set = await container.resolve(Modules.FULFILLMENT).createFulfillmentSets({
    name: "Parcels",
    type: "shipping",
    service_zones: [{ name: "Germany", geo_zones: [{ type: "country", country_code: "de" }] }],
  })
  const location = { [Modules.STOCK_LOCATION]: { stock_location_id: facts.locationIds.berlin } }
  await link.create([
    { [Modules.PRODUCT]: { product_id: variant.productId }, [Modules.FULFILLMENT]: { shipping_profile_id: profile.id } },
    { ...location, [Modules.FULFILLMENT]: { fulfillment_provider_id: "manual_manual" } },
    { ...location, [Modules.FULFILLMENT]: { fulfillment_set_id: set.id } },
  ])
  const [option] = await run<{ id: string }[]>(createShippingOptionsWorkflow, [
    {
      name: "Parcel",
      price_type: "flat",
      provider_id: "manual_manual",
      service_zone_id: set.service_zones[0].id,
      shipping_profile_id: profile.id,
      type: { label: "Parcel", description: "-", code: "parcel" },
      prices: [{ currency_code: "eur", amount: 5 }],
    },
  ])
  return option.id
}
