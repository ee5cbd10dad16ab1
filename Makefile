# One line for each command: `make help`. ARGS is handed on, for example: make test ARGS="tests/repository -x"
.DEFAULT_GOAL := help
.PHONY: help setup demo serve phone seed test lint format check bench traceability lock errors indicators screenshots golden help-pictures

BIN := .venv/bin
SIZE ?= small
WORKERS ?= 2
ARGS ?=

help:          ## Liệt kê các lệnh / list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:         ## Chuẩn bị máy: gói hệ thống, .venv, thư viện / prepare: system packages, .venv, requirements
	@deploy/setup.sh

demo: setup    ## Chạy thử: dữ liệu Lai Châu, trang web và điện thoại / the demo: Lai Châu data, pages and phone
	$(BIN)/tungnha demo $(ARGS)

serve: setup   ## Chạy máy chủ / run the server
	$(BIN)/tungnha serve $(ARGS)

phone: setup   ## Mở ứng dụng điện thoại / open the phone app
	$(BIN)/tungnha phone $(ARGS)

seed: setup    ## Tạo dữ liệu mẫu (SIZE=small|medium|large) / make seed data
	$(BIN)/tungnha seed --size $(SIZE) $(ARGS)

test: setup    ## Chạy mọi kiểm thử (PostgreSQL, trình duyệt, Kivy) / run every test
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: setup    ## Kiểm tra cách viết, kiểu và chiều import / format, lint, types, import direction
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup  ## Sửa cách viết / rewrite the sources in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: lint    ## lint, và tệp sinh ra còn mới, tệp khóa sạch / lint, generated files fresh, lock file clean
	$(BIN)/python -m tests.errors_page --check
	$(BIN)/python -m tests.indicators_page --check
	$(BIN)/python deploy/android/wheels.py
	@! grep -nE '://|^-|^ *(--(extra-)?index|--find-links)|file:| @ ' requirements.lock \
	  || { echo "requirements.lock: địa chỉ kho hoặc đường dẫn / a registry address or a path"; exit 1; }

bench: setup   ## Đo tốc độ theo giới hạn đo cùng lúc / measure speed as ratios of a limit of the same run
	$(BIN)/tungnha bench $(ARGS)

traceability: setup ## Yêu cầu R và bài học L nào có kiểm thử / which requirements and lessons have a test
	@$(BIN)/python -m tests.traceability $(ARGS)

lock: setup    ## Làm lại requirements.lock / make requirements.lock anew (ARGS=--upgrade)
	deploy/lock.sh $(ARGS)

indicators: setup ## Làm lại bảng chỉ tiêu trong GLOSSARY.md / make the glossary's table of indicators anew
	$(BIN)/python -m tests.indicators_page

errors: setup  ## Làm lại ERRORS.md từ danh mục lỗi / make ERRORS.md from the fault catalogue
	$(BIN)/python -m tests.errors_page

screenshots: setup ## Chụp lại mọi trang và màn hình vào build/screenshots / picture every page and screen
	SCREENSHOTS=build/screenshots $(BIN)/pytest -m "browser or phone" $(ARGS)

golden: setup  ## Giữ ảnh chuẩn của mọi màn hình sau khi đã xem / keep the pictures of every screen, having looked at them
	GOLDEN=keep SCREENSHOTS=build/screenshots $(BIN)/pytest tests/phone/test_pictures.py $(ARGS)
	$(BIN)/python -m tests.phone.golden

help-pictures: setup ## Vẽ lại hình hướng dẫn trên điện thoại / draw the pictures of the phone's help anew
	$(BIN)/python -m tests.phone.help_pictures $(ARGS)
