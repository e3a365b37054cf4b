"""An adapter or a merged model sent to the Hub: what would be sent is said before anything is.

Only files that make up an adapter or a model are sent; whatever else lies in the folder stays. The
token is read by huggingface_hub (HF_TOKEN, or `hf auth login`) and is never shown.

    >>> prepare(Path("runs/demo/adapters/culturespa"), "me/culturespa").files  # doctest: +SKIP
    ('README.md', 'acculturate.json', 'adapter_config.json', 'adapter_model.safetensors')
"""

import re
from dataclasses import dataclass
from pathlib import Path

from acculturate.engines.embedded import EMBEDDED
from acculturate.engines.weights import ADAPTER_FILES, PASSPORT, adapter_config, is_folder
from acculturate.errors import EngineError, first_line
from acculturate.extras import lacking
from acculturate.tuning.card import CARD_FILE

ADAPTER: tuple[str, ...] = (CARD_FILE, PASSPORT, *ADAPTER_FILES)
MODEL = ("*.safetensors", "*.json", "*.jinja", "*.model", "merges.txt", "vocab.txt", CARD_FILE)
NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """What would be sent: files by name within `folder`, to the repository `to`.

    `remarks` are sentences on what somebody else will miss or read there.
    """

    folder: Path
    to: str
    files: tuple[str, ...]
    private: bool
    remarks: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum((self.folder / name).stat().st_size for name in self.files)

    @property
    def text(self) -> str:
        """What would be sent, as lines for a terminal."""
        kind = "private" if self.private else "public"
        rows = [
            f"  {name:32} {(self.folder / name).stat().st_size / 1e6:10.2f} MB"
            for name in self.files
        ]
        head = f"To the {kind} repository {self.to} on the Hub, {self.size / 1e6:.2f} MB:"
        return "\n".join([head, *rows, *self.remarks])


def prepare(folder: Path, to: str, *, private: bool = True) -> Upload:
    """Return what would be sent of an adapter's or a model's folder; nothing is sent.

    Raises `EngineError` for a folder that is neither, and for a name that is no Hub id.
    """
    if not NAME.fullmatch(to):
        raise EngineError(f"'{to}' is no name on the Hub: give --to as name/model.")
    if (folder / ADAPTER_FILES[0]).is_file():
        patterns = ADAPTER
    elif (folder / "config.json").is_file():
        patterns = MODEL
    else:
        raise EngineError(
            f"{folder} is neither an adapter nor a model: it has neither {ADAPTER_FILES[0]} nor "
            "config.json. Give a folder of `acculturate tune`, of a run's adapters, or of "
            "`acculturate merge`."
        )
    names = {path.name for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
    if not any(name.endswith(".safetensors") for name in names):
        raise EngineError(f"{folder} has no weights (safetensors): nothing to send.")
    return Upload(folder, to, tuple(sorted(names)), private, tuple(_remarks(folder, names)))


def _remarks(folder: Path, names: set[str]) -> list[str]:
    remarks = []
    if CARD_FILE not in names:
        remarks.append("There is no README.md: others will not know what it is.")
    if ADAPTER_FILES[0] in names:
        base = _base(folder)
        if is_folder(base):
            remarks.append(
                f"adapter_config.json names its base as the folder {base} of this machine: others "
                "see that name, and cannot open it."
            )
        elif base == EMBEDDED:
            remarks.append(
                f"adapter_config.json names its base '{EMBEDDED}', which peft does not find by "
                "itself: README.md says how it is opened."
            )
    if PASSPORT in names:
        remarks.append("acculturate.json holds one training row, as an example.")
    return remarks


def _base(folder: Path) -> str:
    try:
        return str(adapter_config(folder)["base_model_name_or_path"])
    except (EngineError, KeyError) as error:
        config = folder / ADAPTER_FILES[0]
        raise EngineError(f"{config} is not an adapter's config as peft writes it.") from error


def send(upload: Upload) -> str:
    """Send what `prepare` returned and return its address.

    The repository is made where there is none. Raises `EngineError` where the Hub cannot be
    reached, knows no token, or refuses.
    """
    if missing := lacking("Sending needs", "train", "huggingface_hub"):
        raise EngineError(f"{missing}.")
    from huggingface_hub import HfApi, errors

    api = HfApi()
    # the Hub's own error is one of the network's and one of its HTTP client's, whichever that is
    unsent: tuple[type[BaseException], ...] = (*errors.HfHubHTTPError.__bases__, ValueError)
    try:
        repository = api.create_repo(upload.to, private=upload.private, exist_ok=True)
        api.upload_folder(
            repo_id=upload.to,
            folder_path=upload.folder,
            allow_patterns=list(upload.files),
            commit_message="Uploaded with acculturate",
        )
    except errors.LocalTokenNotFoundError as error:
        raise EngineError(
            "The Hub wants a token: set HF_TOKEN, or type `hf auth login`."
        ) from error
    except unsent as error:
        raise EngineError(
            f"The Hub did not take {upload.to}: {first_line(error)}. Is HF_TOKEN set, and may it "
            "write there?"
        ) from error
    return str(repository)
