"""The agent's state as tools of V1 know it: members by attribute and by item."""


class Record(dict):
    def __init__(self, members=()):
        super().__init__({name: _wrap(name, value) for name, value in dict(members).items()})

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name, value):
        self[name] = value

    def model_dump(self, **_options):
        return dict(self)


class Memory(Record):
    def get_block(self, label):
        for block in self.get_blocks():
            if block["label"] == label:
                return block
        labels = ", ".join(self.list_block_labels())
        raise KeyError(f"Block field {label} does not exist (available sections = {labels})")

    def get_blocks(self):
        return self.get("blocks", [])

    def list_block_labels(self):
        return [block["label"] for block in self.get_blocks()]

    def update_block_value(self, label, value):
        if not isinstance(value, str):
            raise ValueError("Provided value must be a string")
        for block in self.get_blocks():
            if block["label"] == label:
                block["value"] = value
                return
        raise ValueError(f"Block with label {label} does not exist")


def _wrap(name, value):
    if isinstance(value, dict):
        return Memory(value) if name == "memory" else Record(value)
    if isinstance(value, list):
        return [_wrap("", item) for item in value]
    return value
