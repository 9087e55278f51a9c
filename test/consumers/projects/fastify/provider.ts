import { toFastifyPlugin } from "@codegames/server";
import { fastify } from "fastify";
import { handler } from "./handler.js";

const app = fastify();
app.register(toFastifyPlugin(handler), { prefix: "/api" });
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
