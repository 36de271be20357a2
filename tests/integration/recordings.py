"""The recorded polls ("seq-…") of $RESTREAM_CORPORA, or of ../shared/corpora beside the source folder; none where that is absent."""
import gzip
import json
import os
import pathlib

import exactjson

FOLDER = pathlib.Path(os.environ.get('RESTREAM_CORPORA') or pathlib.Path(__file__).parents[3] / 'shared/corpora')


class Recording:
    """Consecutive bodies of one API, and what a channel definition has to say to read them."""

    def __init__(self, folder):
        meta = json.loads((folder / 'meta.json').read_text())
        self.name = folder.name
        files = [entry['file'] for entry in meta['files']]
        self.is_json = all('json' in pathlib.Path(file.removesuffix('.gz')).suffix for file in files)
        self._paths = [folder / file for file in files]
        path, self.shape = meta['items_path'], None
        if path.endswith(' (object map)'):
            path, self.shape = path.removesuffix(' (object map)'), 'map'
        self.items = '' if path == '$' else '/' + path.replace('.', '/')
        id = meta['id_field']
        self.id_field = None if self.shape == 'map' else '/' + id.replace('.', '/') if '.' in id else id

    def bodies(self):
        return [gzip.decompress(path.read_bytes()) if path.suffix == '.gz' else path.read_bytes() for path in self._paths]

    def definition(self):
        """The members of a channel definition that tell how to read a body."""
        members = {'items': self.items, 'shape': self.shape, 'id_field': self.id_field}
        return {name: value for name, value in members.items() if value is not None}

    def polled(self, body):
        """id → item as written, without white space, of one body: what a reader of the definition's documentation expects."""
        place = exactjson.at(body.decode(), self.items)
        result = {}
        if self.shape == 'map':
            pairs = exactjson.members(place)
        else:
            pointer = self.id_field if self.id_field.startswith('/') else '/' + self.id_field.replace('~', '~0').replace('/', '~1')
            pairs = [(self._id(item, pointer), item) for item in exactjson.elements(place)]
        for id, item in pairs:
            if id is not None:
                result[id] = exactjson.compact(item)  # the last of a duplicate counts, at the first one's place
        return result

    @staticmethod
    def _id(item, pointer):
        text = exactjson.at(item, pointer)
        value = exactjson.value(text) if text else None
        return value if isinstance(value, str) else value.text if isinstance(value, exactjson.Number) else None


def json_recordings():
    if not FOLDER.is_dir():
        return []
    recordings = [Recording(folder) for folder in sorted(FOLDER.glob('seq-*'))]
    return [recording for recording in recordings if recording.is_json]


class Holder:
    """The items that clients must hold after each poll (docs/protocol.md §1): one that is equal as JSON stays as it was."""

    def __init__(self):
        self.items = {}

    def poll(self, polled):
        """True where anything changed."""
        before = self.items
        self.items = {id: before[id] for id in before if id in polled}
        for id, text in polled.items():
            if id not in self.items or exactjson.value(self.items[id]) != exactjson.value(text):
                self.items[id] = text
        return self.items != before
