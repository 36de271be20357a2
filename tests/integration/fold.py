"""What a client holds: applies messages as docs/protocol.md says, and raises where they break the contract."""
import copy

import exactjson


class ContractBroken(AssertionError):
    pass


def _require(condition, message, *args):
    if not condition:
        raise ContractBroken(message % args)


def apply_patch(document, operations):
    """RFC 6902, strictly. Gives the new document; the old one is left as it is."""
    root = [copy.deepcopy(document)]
    for operation in operations:
        path = operation['path']
        if operation['op'] in ('add', 'replace', 'test'):
            value = copy.deepcopy(operation['value'])
        if operation['op'] in ('move', 'copy'):
            value = copy.deepcopy(_get(root, operation['from']))
        if operation['op'] == 'move':
            _remove(root, operation['from'])
        if operation['op'] in ('add', 'move', 'copy'):
            _add(root, path, value)
        elif operation['op'] == 'remove':
            _remove(root, path)
        elif operation['op'] == 'replace':
            _remove(root, path) if path else None
            _add(root, path, value)
        elif operation['op'] == 'test':
            _require(_get(root, path) == value, 'test of %s failed', path)
        else:
            raise ContractBroken('unknown operation %s' % operation)
    return root[0]


def _parent(root, path):
    """The container of the place that `path` names, and the key in it; the document itself is root[0]."""
    container, key = root, 0
    for token in exactjson.tokens(path):
        container = container[key]
        if isinstance(container, list):
            _require(token == '-' or token == '0' or (token.isdigit() and token[0] != '0'), 'no index: %s', path)
            key = len(container) if token == '-' else int(token)
        else:
            _require(isinstance(container, dict), '%s leads into a scalar', path)
            key = token
    return container, key


def _get(root, path):
    container, key = _parent(root, path)
    return container[key]


def _remove(root, path):
    container, key = _parent(root, path)
    _require(path != '', 'the whole was removed')
    del container[key]


def _add(root, path, value):
    container, key = _parent(root, path)
    if container is root or isinstance(container, dict):
        container[key] = value
    else:
        _require(key <= len(container), '%s is beyond the list', path)
        container.insert(key, value)


def apply_merge(document, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(document) if isinstance(document, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = apply_merge(result.get(name), value)
    return result


class Held:
    """One item: its text as received, or only its value once a patch was applied."""
    __slots__ = ('text', '_value')

    def __init__(self, text=None, value=None):
        self.text, self._value = text, value

    @property
    def value(self):
        if self.text is not None and self._value is None:
            self._value = exactjson.value(self.text)
        return self._value


class Fold:
    """A subscriber of one stream on /v1/stream."""

    def __init__(self, updates='item'):
        self.updates = updates
        self.epoch, self.seq, self.items = None, None, {}
        self.seqs = []  #: of every `changes` applied
        self.snapshots = []  #: the reason of each
        self.forms = set()  #: of the updates met

    def resumed_from(self, epoch, seq):
        self.epoch, self.seq = epoch, seq

    def texts(self):
        return {id: held.text for id, held in self.items.items()}

    def values(self):
        return {id: held.value for id, held in self.items.items()}

    def apply(self, text):
        """One message of the server, as text; other types than snapshot and changes pass."""
        message = dict(exactjson.members(text))
        kind = exactjson.value(message['type'])
        if kind == 'snapshot':
            self._snapshot(message)
        elif kind == 'changes':
            self._changes(message)

    def _snapshot(self, message):
        self.epoch = exactjson.value(message['epoch'])
        self.seq = int(message['seq'])
        self.snapshots.append(exactjson.value(message['reason']))
        self.items = {}
        for id, item in _items(message['items']):
            _require(id not in self.items, '%s twice in a snapshot', id)
            self.items[id] = Held(item)

    def _changes(self, message):
        seq = int(message['seq'])
        first = int(message.get('from', message['seq']))
        _require(exactjson.value(message['epoch']) == self.epoch or self.epoch is None, 'the epoch changed without a snapshot')
        _require(self.seq is None or first == self.seq + 1, 'seq %s follows %s', first, self.seq)
        for name in ('added', 'updated', 'removed', 'order'):
            _require(name not in message or exactjson.compact(message[name]) != '[]' or name == 'order',
                     'an empty %s was sent', name)
        self.epoch, self.seq = exactjson.value(message['epoch']), seq
        self.seqs.append(seq)
        for id in exactjson.value(message.get('removed', '[]')):
            _require(id in self.items, 'removed %s, which was not held', id)
            del self.items[id]
        for entry in exactjson.elements(message.get('updated', '[]')):
            self._update(dict(exactjson.members(entry)))
        for id, item in _items(message.get('added', '[]')):
            _require(id not in self.items, 'added %s, which is held already', id)
            self.items[id] = Held(item)
        if 'order' in message:
            order = exactjson.value(message['order'])
            _require(sorted(order) == sorted(self.items), 'order names other ids than are held')
            self.items = {id: self.items[id] for id in order}

    def _update(self, entry):
        id = exactjson.value(entry.pop('id'))
        _require(id in self.items, 'updated %s, which was not held', id)
        _require(len(entry) == 1, 'an update of one form was expected: %s', entry)
        (form, text), = entry.items()
        _require(form in ('item', self.updates), 'a %s update in %s mode', form, self.updates)
        self.forms.add(form)
        if form == 'item':
            self.items[id] = Held(text)
        elif form == 'patch':
            self.items[id] = Held(value=apply_patch(self.items[id].value, exactjson.value(text)))
        else:
            self.items[id] = Held(value=apply_merge(self.items[id].value, exactjson.value(text)))


def _items(text):
    """(id, raw item) of each element of "items" or "added"."""
    result = []
    for entry in exactjson.elements(text):
        pairs = dict(exactjson.members(entry))
        _require(set(pairs) == {'id', 'item'}, 'members id and item were expected: %.200s', entry)
        id = exactjson.value(pairs['id'])
        _require(isinstance(id, str), 'an id is a string: %.200s', entry)
        result.append((id, pairs['item']))
    return result
