-- How hard a room's name is to guess, in bits. `tests/names/strength.json` has examples; the same rule
-- stands in the program and on the landing page.
--
-- The name falls into rows of letters, of digits, and of all else. Up to two letters in a row count
-- LETTER each, letters of a longer row are those of a word and count LETTER_OF_A_WORD, digits count
-- DIGIT. All else of ASCII counts nothing; a character beyond ASCII is a letter. What is easily thought of
-- counts less: a row that came before counts nothing; a row that is a shorter one again and again counts
-- like the shorter one; a row that goes up by one or down by one (0 follows 9), or that is a year from
-- 1900 to 2099, counts like one of it; a date (20261201, 01122026) like three digits. Hundredths of a bit,
-- so that all three languages add whole numbers.

local LETTER, LETTER_OF_A_WORD, DIGIT = 470, 150, 332;
local DIGITS_OF_A_DATE = 3;
local CHARACTER = "[\0-\127\194-\244][\128-\191]*"; -- of UTF-8

local M = {};

local function kind(character)
	if character:find("^[0-9]$") then return "digit"; end
	if character:find("^[a-z\194-\244]") then return "letter"; end
	return "other";
end

-- The shortest row of which this one is a repetition.
local function once(row)
	for length = 1, #row - 1 do
		local same = #row % length == 0;
		for i = length + 1, same and #row or 0 do
			same = same and row[i] == row[i - length];
		end
		if same then return table.move(row, 1, length, 1, { kind = row.kind }); end
	end
	return row;
end

local function follows(one, next)
	return #one == 1 and #next == 1 and (one == "9" and next == "0" or one:byte() + 1 == next:byte());
end

-- Whether all go up by one, or all go down by one; beyond ASCII nothing does.
local function is_steady(row)
	local up, down = true, true;
	for i = 2, #row do
		up, down = up and follows(row[i - 1], row[i]), down and follows(row[i], row[i - 1]);
	end
	return up or down;
end

local function is_year(digits)
	return digits:find("^19%d%d$") ~= nil or digits:find("^20%d%d$") ~= nil;
end

local function is_date(digits)
	if #digits ~= 8 then return false; end
	local function is_day(month, day)
		return month >= "01" and month <= "12" and day >= "01" and day <= "31";
	end
	return is_year(digits:sub(1, 4)) and is_day(digits:sub(5, 6), digits:sub(7))
		or is_year(digits:sub(5)) and is_day(digits:sub(3, 4), digits:sub(1, 2));
end

local function worth(row)
	local length = #row;
	if row.kind == "letter" then
		if is_steady(row) then return LETTER; end
		return length * (length <= 2 and LETTER or LETTER_OF_A_WORD);
	elseif row.kind == "digit" then
		local digits = table.concat(row);
		if is_steady(row) or is_year(digits) then return DIGIT; end
		return (is_date(digits) and DIGITS_OF_A_DATE or length) * DIGIT;
	end
	return 0;
end

-- The strength in whole bits, rounded down.
function M.bits(name)
	local sum, row, seen = 0, {}, {};
	local function add()
		local text = table.concat(row);
		if not seen[text] then sum, seen[text] = sum + worth(once(row)), true; end
	end
	for character in name:lower():gmatch(CHARACTER) do
		local of = kind(character);
		if of ~= row.kind then
			add();
			row = { kind = of };
		end
		table.insert(row, character);
	end
	add();
	return sum // 100;
end

-- The name that people see, from a room's address: without tenant (`[tenant]room`), and with what Jitsi's
-- client writes as `%c3%a9` read as the one letter that it is.
function M.of_room(node)
	return (node:gsub("^%[[^%]]*%]", ""):gsub("%%(%x%x)", function (hex) return string.char(tonumber(hex, 16)); end));
end

return M;
