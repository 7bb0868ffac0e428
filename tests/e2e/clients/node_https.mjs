// Sends the jobs of argv[2] (JSON) with node:https, argv[3] connections at once, and prints what came back as JSON.
import https from "node:https";

const jobs = JSON.parse(process.argv[2]);
const lanes = Number(process.argv[3] ?? 1);
const agent = new https.Agent({ keepAlive: true, maxSockets: lanes });

function send({ url, body, headers }) {
  return new Promise((resolve, reject) => {
    const bytes = body === undefined ? undefined : Buffer.from(body, "base64");
    const length = bytes ? { "content-length": bytes.length } : {};
    const options = { method: bytes ? "POST" : "GET", headers: { ...headers, ...length }, agent };
    const request = https.request(url, options, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode, body: Buffer.concat(parts).toString("base64") }));
    });
    request.on("error", reject);
    request.end(bytes);
  });
}

const results = [];
const next = jobs.entries();
await Promise.all(Array.from({ length: lanes }, async () => {
  for (const [index, job] of next) results[index] = await send(job);
}));
console.log(JSON.stringify(results));
agent.destroy();
