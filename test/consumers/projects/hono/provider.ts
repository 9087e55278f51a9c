import { toFetchHandler } from "@codegames/server";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { handler } from "./handler.js";

const app = new Hono();
app.all("/api/*", ({ req }) => toFetchHandler(handler)(req.raw));
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: "127.0.0.1" });
