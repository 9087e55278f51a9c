import codegamesapihub.Client;
import codegamesapihub.Client.*;

/** Buys with the generated client, and prints what it saw as one line of JSON. */
public final class Buy {
    static final Client hub = new Client(new Config()
        .serverUrl(System.getenv("HUB_URL"))
        .auth(new Auth().bearer(System.getenv("HUB_TOKEN"))));

    /** Compiles only if the types tell a sale from a refusal. */
    static String name(PayResponse answer) {
        if (answer instanceof PaySucceeded sold) return "PaySucceeded " + sold.status();
        return "PayRefused " + ((PayRefused) answer).status();
    }

    static String name(StatusResponse answer) {
        if (answer instanceof StatusSucceeded sold) return "StatusSucceeded " + sold.status();
        return "StatusRefused " + ((StatusRefused) answer).status();
    }

    static String canceled() {
        try {
            hub.pay(new PayRequest(1012L, 50000.0, "A-2"));
            return "answered";
        } catch (ApiException error) {
            return name(hub.status(new StatusRequest("A-2")));
        }
    }

    static String unlisted() {
        try {
            return name(hub.pay(new PayRequest(1014L, 50000.0, "A-3")));
        } catch (IllegalArgumentException error) {
            return "an error";
        }
    }

    static String largeId() {
        long id = 9007199254740993L;
        Product product = ((CheckSucceeded) hub.check(new CheckRequest(id))).product();
        return product.name().equals("2^53 + 1") && product.id() == id ? "exact" : "rounded";
    }

    public static void main(String[] none) {
        CheckSucceeded checked = (CheckSucceeded) hub.check(new CheckRequest(1L));
        PayRequest order = new PayRequest(1L, 50000.0, "A-1");
        String[] seen = {
            "check", "CheckSucceeded " + checked.status(),
            "pay", name(hub.pay(order)),
            "repeat", name(hub.pay(order)),
            "status", name(hub.status(new StatusRequest("A-1"))),
            "canceled", canceled(),
            "unlisted", unlisted(),
            "largeId", largeId(),
        };
        StringBuilder json = new StringBuilder();
        for (int i = 0; i < seen.length; i += 2) {
            json.append(i == 0 ? "{" : ",").append('"').append(seen[i]).append("\":\"").append(seen[i + 1]).append('"');
        }
        System.out.println(json.append("}"));
    }
}
