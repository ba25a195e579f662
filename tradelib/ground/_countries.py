"""The country table behind `codes`: ISO 3166-1 alpha-3, UN M49 number, names, UN region.

One paragraph a UN region; entries are parted by semicolons, names by bars; the first name is
shown. Names that are codes themselves are older or source-specific ones (ROM of WITS, 842 of UN
Comtrade). A dash stands where the UN has no number.
"""

TABLE = """\
Northern Africa:
    DZA 012 Algeria; EGY 818 Egypt; LBY 434 Libya; MAR 504 Morocco; SDN 729 Sudan; TUN 788 Tunisia;
    ESH 732 Western Sahara
Eastern Africa:
    IOT 086 British Indian Ocean Territory; BDI 108 Burundi; COM 174 Comoros; DJI 262 Djibouti;
    ERI 232 Eritrea; ETH 231 Ethiopia; ATF 260 French Southern Territories; KEN 404 Kenya;
    MDG 450 Madagascar; MWI 454 Malawi; MUS 480 Mauritius; MYT 175 Mayotte; MOZ 508 Mozambique;
    REU 638 Réunion|Reunion; RWA 646 Rwanda; SYC 690 Seychelles; SOM 706 Somalia;
    SSD 728 South Sudan; UGA 800 Uganda; TZA 834 Tanzania|United Republic of Tanzania;
    ZMB 894 Zambia; ZWE 716 Zimbabwe
Middle Africa:
    AGO 024 Angola; CMR 120 Cameroon; CAF 140 Central African Republic; TCD 148 Chad;
    COG 178 Congo|Republic of the Congo|Congo, Rep.|Congo-Brazzaville;
    COD 180 DR Congo|Democratic Republic of the Congo|Congo, Dem. Rep.|Congo-Kinshasa|Zaire|ZAR;
    GNQ 226 Equatorial Guinea; GAB 266 Gabon; STP 678 Sao Tome and Principe|São Tomé and Príncipe
Southern Africa:
    BWA 072 Botswana; SWZ 748 Eswatini|Swaziland; LSO 426 Lesotho; NAM 516 Namibia;
    ZAF 710 South Africa
Western Africa:
    BEN 204 Benin; BFA 854 Burkina Faso; CPV 132 Cabo Verde|Cape Verde;
    CIV 384 Côte d'Ivoire|Cote d'Ivoire|Ivory Coast; GMB 270 Gambia|The Gambia; GHA 288 Ghana;
    GIN 324 Guinea; GNB 624 Guinea-Bissau; LBR 430 Liberia; MLI 466 Mali; MRT 478 Mauritania;
    NER 562 Niger; NGA 566 Nigeria; SHN 654 Saint Helena; SEN 686 Senegal; SLE 694 Sierra Leone;
    TGO 768 Togo
Caribbean:
    AIA 660 Anguilla; ATG 028 Antigua and Barbuda; ABW 533 Aruba; BHS 044 Bahamas|The Bahamas;
    BRB 052 Barbados; BES 535 Bonaire, Sint Eustatius and Saba; VGB 092 British Virgin Islands;
    CYM 136 Cayman Islands; CUB 192 Cuba; CUW 531 Curaçao|Curacao; DMA 212 Dominica;
    DOM 214 Dominican Republic; GRD 308 Grenada; GLP 312 Guadeloupe; HTI 332 Haiti; JAM 388 Jamaica;
    MTQ 474 Martinique; MSR 500 Montserrat; ANT 530 Netherlands Antilles; PRI 630 Puerto Rico;
    BLM 652 Saint Barthélemy|Saint Barthelemy; KNA 659 Saint Kitts and Nevis|St. Kitts and Nevis;
    LCA 662 Saint Lucia|St. Lucia; MAF 663 Saint Martin;
    VCT 670 Saint Vincent and the Grenadines|St. Vincent and the Grenadines; SXM 534 Sint Maarten;
    TTO 780 Trinidad and Tobago; TCA 796 Turks and Caicos Islands;
    VIR 850 US Virgin Islands|United States Virgin Islands
Central America:
    BLZ 084 Belize; CRI 188 Costa Rica; SLV 222 El Salvador; GTM 320 Guatemala; HND 340 Honduras;
    MEX 484 Mexico; NIC 558 Nicaragua; PAN 591 Panama
South America:
    ARG 032 Argentina; BOL 068 Bolivia; BVT 074 Bouvet Island; BRA 076 Brazil; CHL 152 Chile;
    COL 170 Colombia; ECU 218 Ecuador; FLK 238 Falkland Islands; GUF 254 French Guiana;
    GUY 328 Guyana; PRY 600 Paraguay; PER 604 Peru;
    SGS 239 South Georgia and the South Sandwich Islands; SUR 740 Suriname; URY 858 Uruguay;
    VEN 862 Venezuela|Venezuela, RB
Northern America:
    BMU 060 Bermuda; CAN 124 Canada; GRL 304 Greenland; SPM 666 Saint Pierre and Miquelon;
    USA 840 United States|United States of America|US|U.S.|America|842
Central Asia:
    KAZ 398 Kazakhstan; KGZ 417 Kyrgyzstan|Kyrgyz Republic|Kirgizia; TJK 762 Tajikistan;
    TKM 795 Turkmenistan; UZB 860 Uzbekistan
Eastern Asia:
    CHN 156 China|People's Republic of China|PRC; HKG 344 Hong Kong|Hong Kong SAR|Hong Kong, China;
    MAC 446 Macao|Macau; PRK 408 North Korea|DPRK|Korea, Dem. Rep.; JPN 392 Japan; MNG 496 Mongolia;
    KOR 410 South Korea|Korea|Republic of Korea|Korea, Rep.; TWN 158 Taiwan|Chinese Taipei|490
South-eastern Asia:
    BRN 096 Brunei|Brunei Darussalam; KHM 116 Cambodia; IDN 360 Indonesia; LAO 418 Laos|Lao PDR;
    MYS 458 Malaysia; MMR 104 Myanmar|Burma; PHL 608 Philippines|The Philippines; SGP 702 Singapore;
    THA 764 Thailand; TLS 626 Timor-Leste|East Timor|TMP; VNM 704 Viet Nam|Vietnam
Southern Asia:
    AFG 004 Afghanistan; BGD 050 Bangladesh; BTN 064 Bhutan; IND 356 India|699;
    IRN 364 Iran|Islamic Republic of Iran|Iran, Islamic Rep.; MDV 462 Maldives; NPL 524 Nepal;
    PAK 586 Pakistan; LKA 144 Sri Lanka
Western Asia:
    ARM 051 Armenia; AZE 031 Azerbaijan; BHR 048 Bahrain; CYP 196 Cyprus; GEO 268 Georgia;
    IRQ 368 Iraq; ISR 376 Israel; JOR 400 Jordan; KWT 414 Kuwait; LBN 422 Lebanon; OMN 512 Oman;
    QAT 634 Qatar; SAU 682 Saudi Arabia|KSA;
    PSE 275 Palestine|State of Palestine|West Bank and Gaza; SYR 760 Syria|Syrian Arab Republic;
    TUR 792 Türkiye|Turkey|Turkiye; ARE 784 United Arab Emirates|UAE; YEM 887 Yemen|Yemen, Rep.
Eastern Europe:
    BLR 112 Belarus; BGR 100 Bulgaria; CZE 203 Czechia|Czech Republic; HUN 348 Hungary;
    POL 616 Poland; MDA 498 Moldova|Republic of Moldova; ROU 642 Romania|ROM;
    RUS 643 Russia|Russian Federation; SVK 703 Slovakia|Slovak Republic; UKR 804 Ukraine
Northern Europe:
    ALA 248 Åland Islands; DNK 208 Denmark; EST 233 Estonia; FRO 234 Faroe Islands; FIN 246 Finland;
    GGY 831 Guernsey; ISL 352 Iceland; IRL 372 Ireland; IMN 833 Isle of Man; JEY 832 Jersey;
    LVA 428 Latvia; LTU 440 Lithuania; NOR 578 Norway|579; SJM 744 Svalbard and Jan Mayen;
    SWE 752 Sweden; GBR 826 United Kingdom|UK|Great Britain|Britain
Southern Europe:
    ALB 008 Albania; AND 020 Andorra; BIH 070 Bosnia and Herzegovina; HRV 191 Croatia;
    GIB 292 Gibraltar; GRC 300 Greece; VAT 336 Holy See|Vatican; ITA 380 Italy; MLT 470 Malta;
    MNE 499 Montenegro; XKX - Kosovo|KSV|XKK; MKD 807 North Macedonia|Macedonia; PRT 620 Portugal;
    SMR 674 San Marino; SRB 688 Serbia; SVN 705 Slovenia; ESP 724 Spain;
    YUG 891 Yugoslavia|Serbia and Montenegro|SCG|SER
Western Europe:
    AUT 040 Austria; BEL 056 Belgium; FRA 250 France|251; DEU 276 Germany; LIE 438 Liechtenstein;
    LUX 442 Luxembourg; MCO 492 Monaco; NLD 528 Netherlands|The Netherlands; CHE 756 Switzerland|757
Australia and New Zealand:
    AUS 036 Australia; CXR 162 Christmas Island; CCK 166 Cocos Islands;
    HMD 334 Heard and McDonald Islands; NZL 554 New Zealand; NFK 574 Norfolk Island
Melanesia:
    FJI 242 Fiji; NCL 540 New Caledonia; PNG 598 Papua New Guinea; SLB 090 Solomon Islands;
    VUT 548 Vanuatu
Micronesia:
    GUM 316 Guam; KIR 296 Kiribati; MHL 584 Marshall Islands; FSM 583 Micronesia; NRU 520 Nauru;
    MNP 580 Northern Mariana Islands; PLW 585 Palau; UMI 581 US Minor Outlying Islands
Polynesia:
    ASM 016 American Samoa; COK 184 Cook Islands; PYF 258 French Polynesia; NIU 570 Niue;
    PCN 612 Pitcairn; WSM 882 Samoa; TKL 772 Tokelau; TON 776 Tonga; TUV 798 Tuvalu;
    WLF 876 Wallis and Futuna
Antarctica:
    ATA 010 Antarctica
Groups:
    WLD 000 World; CIS - Commonwealth of Independent States;
    SPECA - Special Programme for the Economies of Central Asia;
    AFR - Africa; ASEAN - Association of Southeast Asian Nations; CEE - Central and Eastern Europe;
    CELAC - Community of Latin American and Caribbean States; EU - European Union
"""
