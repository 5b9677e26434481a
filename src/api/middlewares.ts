import { defineMiddlewares } from "@medusajs/framework/http"

/** A thousand stock rules, or the categories of a large store, are more than the 100 kB a body may have by default. */
export default defineMiddlewares({
  routes: [
    { matcher: "/admin/meta-catalog/catalogs/:id/stock-policy", methods: ["POST"], bodyParser: { sizeLimit: "2mb" } },
    { matcher: "/admin/meta-catalog/catalogs/:id/stock-policy/preview", methods: ["POST"], bodyParser: { sizeLimit: "2mb" } },
    { matcher: "/admin/meta-catalog/catalogs/:id/categories", methods: ["POST"], bodyParser: { sizeLimit: "2mb" } },
  ],
})
