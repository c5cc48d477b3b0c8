PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready
PEERS := .venv-peers

.DEFAULT_GOAL := help
.PHONY: help setup model run test test-fast lint screenshots bench eval peers clean

help:  ## この一覧を表示する
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name text; do printf '  make %-10s %s\n' "$$name" "$$text"; done

setup: $(READY)  ## 必要なものをすべて用意する(初回のみ数分)

# The lock names every package with its version; the stamp is newer than the lock when nothing has to be done.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "エラー: Python 3.11 以上が必要です。PYTHON=python3.12 make setup のように指定してください")'
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	@echo "パッケージを用意しています(初回は数分かかります)…"
	@$(RUN) -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@$(RUN) -c 'from ingest.model_folder import model_folder; from ingest.settings import EMBEDDED_EMBEDDER; model_folder(EMBEDDED_EMBEDDER)'
	@touch $(READY)

model: setup  ## 言語モデルを用意する(約1.1 GB)。なくても、資料からの抜粋で答えられる
	@$(RUN) -m qa model

# Without the model Shirabe answers by quoting: what can't be had is said and holds nothing up.
run: setup  ## 画面を開く(http://127.0.0.1:7860)
	@$(RUN) -m qa model || echo "言語モデルなしで始めます(資料からの抜粋で答えます)"
	@$(RUN) -m index build
	@$(RUN) app.py

test: setup  ## すべてのテストを実行する
	@$(RUN) -m pytest

test-fast: setup  ## 速いテストだけを実行する
	@$(RUN) -m pytest -m "not slow"

lint: setup  ## 書き方と型を確かめる
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy

screenshots: setup  ## 画面の写真を撮り docs/screens に書く(使い方の手引きに載る)
	@SHIRABE_KEEP_SCREENSHOTS=1 $(RUN) -m pytest tests/test_app_screens.py -m slow

bench: setup  ## 速さを測り eval/results に書く
	@$(RUN) -m eval bench

eval: setup  ## 質と速さを測り、結果と報告書を eval/results に書き、README の表を新しくする
	@$(RUN) -m eval all

peers: $(PEERS)/.ready  ## ほかの検索の仕組みと比べ eval/results に書く
	@for set in tune report; do $(PEERS)/bin/python -m eval peers --gold eval/gold/$$set.jsonl --save || exit 1; done

# The peers' environment sees Shirabe's packages and adds its own: both run in one process, and Shirabe's stay as they are.
$(PEERS)/.ready: $(READY) requirements-peers.lock
	@$(RUN) -m venv $(PEERS)
	@$(RUN) -c 'import sysconfig; print(sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), sep="\n")' > "$$($(PEERS)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/shirabe.pth"
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement requirements-peers.lock
	@touch $@

clean:  ## 索引と環境を消す(資料は残る)
	rm -rf $(VENV) $(PEERS) .shirabe .mypy_cache .pytest_cache .ruff_cache
