import { address, buy, token } from "./buy.ts";
import { createApiClient, schemas } from "./client.ts";

const client = createApiClient(address, { axiosConfig: { headers: { Authorization: `Bearer ${token}` } } });

await buy(client, (answer) => {
  const isSold = schemas.PaySucceeded.safeParse(answer).success || schemas.StatusSucceeded.safeParse(answer).success;
  return isSold ? `Succeeded ${answer.status}` : answer.status;
});
