using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "player", worker = .player),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "player")],
);

const player :Workerd.Worker = (
  modules = [(name = "player", esModule = embed "dist/player-worker.js")],
  compatibilityDate = "2026-01-01",
);
