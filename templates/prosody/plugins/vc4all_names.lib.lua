-- How hard a room's name is to guess, in bits. `tests/names/strength.json` has examples; the same rule
-- stands in the program and on the landing page.
--
-- The name falls into rows of letters, of digits, and of all else. Up to two letters in a row count
-- LETTER each, letters of a longer row are those of a word and count LETTER_OF_A_WORD, digits count
-- DIGIT. Digits in a row that are all the same, that go up by one or down by one (0 follows 9), or that
-- are a year from 1900 to 2099 count like one digit. All else of ASCII counts nothing; a character
-- beyond ASCII is a letter. Hundredths of a bit, so that all three languages add whole numbers.

local LETTER, LETTER_OF_A_WORD, DIGIT = 470, 150, 332;
local CHARACTER = "[\0-\127\194-\244][\128-\191]*"; -- of UTF-8

local M = {};

local function kind(character)
	if character:find("^[0-9]$") then return "digit"; end
	if character:find("^[A-Za-z\194-\244]") then return "letter"; end
	return "other";
end

-- Whether each digit follows from the one before: the same, one more, or one less.
local function is_steady(digits)
	local first = #digits > 1 and (digits:byte(2) - digits:byte(1)) % 10 or 0;
	if first ~= 0 and first ~= 1 and first ~= 9 then return false; end
	for i = 2, #digits do
		if (digits:byte(i) - digits:byte(i - 1)) % 10 ~= first then return false; end
	end
	return true;
end

local function is_year(digits)
	return digits:find("^19%d%d$") ~= nil or digits:find("^20%d%d$") ~= nil;
end

local function worth(row)
	local length = #row;
	if row.kind == "letter" then
		return length * (length <= 2 and LETTER or LETTER_OF_A_WORD);
	elseif row.kind == "digit" then
		local digits = table.concat(row);
		return (is_steady(digits) or is_year(digits)) and DIGIT or length * DIGIT;
	end
	return 0;
end

-- The strength in whole bits, rounded down.
function M.bits(name)
	local sum, row = 0, {};
	for character in name:gmatch(CHARACTER) do
		local of = kind(character);
		if of ~= row.kind then
			sum, row = sum + worth(row), { kind = of };
		end
		table.insert(row, character);
	end
	return (sum + worth(row)) // 100;
end

-- The name that people see, from a room's address: without tenant (`[tenant]room`), and with what Jitsi's
-- client writes as `%c3%a9` read as the one letter that it is.
function M.of_room(node)
	return (node:gsub("^%[[^%]]*%]", ""):gsub("%%(%x%x)", function (hex) return string.char(tonumber(hex, 16)); end));
end

return M;
