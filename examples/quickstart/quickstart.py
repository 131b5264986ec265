import os

from letta_client import Letta

client = Letta(
    base_url=os.environ.get("PERDURA_URL", "http://localhost:8283"),
    api_key=os.environ.get("LETTA_SERVER_PASSWORD", "none"),
)

agent = client.agents.create(
    model=os.environ.get("PERDURA_MODEL", "perdura/demo"),
    memory_blocks=[
        {"label": "human", "value": ""},
        {"label": "persona", "value": "I am a friendly assistant."},
    ],
)

client.agents.messages.create(agent.id, input="My name is Ada.")

stream = client.agents.messages.stream(
    agent.id,
    messages=[{"role": "user", "content": "What is my name?"}],
    stream_tokens=True,
)
for event in stream:
    if event.message_type == "assistant_message":
        print(event.content, end="")

block = client.agents.blocks.retrieve("human", agent_id=agent.id)
print(f"\n{agent.id} remembers: {block.value.strip()}")
