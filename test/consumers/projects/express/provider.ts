import { toExpressMiddleware } from "@codegames/server";
import express from "express";
import { handler } from "./handler.js";

const app = express();
app.use("/api", toExpressMiddleware(handler));
app.use(express.json());
app.listen(Number(process.env.PORT), "127.0.0.1");
