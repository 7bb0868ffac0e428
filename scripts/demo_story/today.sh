python3 agent.py
node review.mjs
curl -sS https://api.openai.com/v1/chat/completions -H "Authorization: Bearer $OPENAI_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"model":"gpt-4o","messages":[{"role":"user","content":"A title for release 2.4: tests for parse, bounded retries"}]}'
