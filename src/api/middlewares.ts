import { defineMiddlewares } from "@medusajs/framework/http"

/** A thousand stock rules, the categories of a large store, or long templates of columns are more than the 100 kB a body may have by default. */
export default defineMiddlewares({
  routes: [
    { matcher: "/admin/meta-catalog/catalogs/:id/stock-policy", methods: ["POST"], bodyParser: { sizeLimit: "2mb" } },
    { matcher: "/admin/meta-catalog/catalogs/:id/stock-policy/preview", methods: ["POST"], bodyParser: { sizeLimit: "2mb" } },
    { matcher: "/admin/meta-catalog/catalogs/:id/columns", methods: ["POST"], bodyParser: { sizeLimit: "2mb" } },
    { matcher: "/admin/meta-catalog/catalogs/:id/columns/preview", methods: ["POST"], bodyParser: { sizeLimit: "2mb" } },
    { matcher: "/admin/meta-catalog/catalogs/:id/categories", methods: ["POST"], bodyParser: { sizeLimit: "2mb" } },
  ],
})
